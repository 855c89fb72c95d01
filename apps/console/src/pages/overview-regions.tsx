// Regions and health trusts, each with all that lies below it: where to look.
import type { FleetOverview, Organisation, StateCounts } from '@rmh/contract/api';
import { Link } from '@tanstack/react-router';
import { countText } from '../format.ts';
import { DataTable } from '../parts/data-table.tsx';
import { STATE_TONES, STATES_GRAVE_FIRST } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';

interface Row {
  readonly id: number;
  readonly name: string;
  readonly depth: number;
  readonly states: Readonly<Partial<Record<keyof StateCounts, number>>>;
}

// A telephone has room for these; the others stand in the figures above.
const GRAVE: ReadonlySet<string> = new Set(['down', 'reduced']);
// Always there, so that the eye finds them; the others when some vehicle is in them.
const ALWAYS: ReadonlySet<string> = new Set(['down', 'reduced', 'up']);

interface RegionTableProps {
  readonly fleet: FleetOverview;
  readonly tree: readonly Organisation[];
}

export function RegionTable({ fleet, tree }: RegionTableProps) {
  const t = useWords();
  const language = useLanguage();
  const shown = STATES_GRAVE_FIRST.filter(
    (state) => ALWAYS.has(state) || (fleet.states[state] ?? 0) > 0,
  );
  return (
    <DataTable
      caption={t('overview.regions')}
      rows={regionRows(fleet, tree)}
      rowKey={({ id }) => id}
      empty={t('overview.noOrganisations')}
      columns={[
        {
          key: 'name',
          head: t('column.organisation'),
          names: true,
          cell: ({ id, name, depth }) => (
            <Link
              className={`depth-${depth}`}
              to="/vehicles"
              search={{ organisationId: String(id) }}
            >
              {name}
            </Link>
          ),
        },
        ...shown.map((state) => ({
          key: state,
          head: t(`state.${state}`),
          numeric: true,
          ...(GRAVE.has(state) ? {} : { spare: 'phone' as const }),
          cell: ({ states }: Row) => {
            const n = states[state] ?? 0;
            if (n === 0) return <span className="zero">0</span>;
            return (
              <span className={`figure tone-${STATE_TONES[state]}`}>{countText(language, n)}</span>
            );
          },
        })),
        {
          key: 'bar',
          head: <span className="unseen">{t('overview.shares')}</span>,
          spare: true,
          cell: ({ states }) => (
            <span className="bar small" aria-hidden="true">
              {STATES_GRAVE_FIRST.filter((state) => (states[state] ?? 0) > 0).map((state) => (
                <span
                  key={state}
                  className={`bar-part tone-${STATE_TONES[state]}`}
                  style={{ flexGrow: states[state] ?? 0 }}
                />
              ))}
            </span>
          ),
        },
      ]}
    />
  );
}

/** RHF, then its HF: each the sum of the organisations below. Stations are left to the list. */
export function regionRows(
  fleet: Pick<FleetOverview, 'organisations'>,
  tree: readonly Organisation[],
): Row[] {
  const own = new Map(fleet.organisations.map((one) => [one.organisationId, one.states]));
  const children = Map.groupBy(tree, ({ parentId }) => parentId);
  const known = new Set(tree.map(({ id }) => id));
  const roots = tree.filter(({ parentId }) => parentId === null || !known.has(parentId));
  const rows: Row[] = [];
  const visit = (organisation: Organisation, depth: number): Row['states'] => {
    const { id, kind, name } = organisation;
    const shown = kind !== 'national' && kind !== 'station';
    const at = rows.length;
    let states: Row['states'] = own.get(id) ?? {};
    for (const child of children.get(id) ?? []) {
      states = sum(states, visit(child, shown ? depth + 1 : depth));
    }
    if (shown && Object.values(states).some((n) => n > 0)) {
      rows.splice(at, 0, { id, name, depth, states });
    }
    return states;
  };
  for (const root of roots) visit(root, 0);
  return rows;
}

function sum(a: Row['states'], b: Row['states']): Row['states'] {
  const total: Partial<Record<keyof StateCounts, number>> = { ...a };
  for (const state of STATES_GRAVE_FIRST) total[state] = (a[state] ?? 0) + (b[state] ?? 0);
  return total;
}

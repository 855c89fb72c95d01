import type { Organisation } from '@rmh/contract/api';
import { useMemo } from 'react';
import { useOrganisations } from '../api/api.ts';
import { useFilters } from '../app/search.ts';
import { useWords } from '../words/words.ts';
import { Choice, Segments } from './fields.tsx';

interface OrganisationChoiceProps {
  readonly value: string;
  readonly onChange: (organisationId: string) => void;
  /** No row for "all". */
  readonly one?: boolean;
  readonly label?: string;
}

/** The tree as a list, each level set in a little. */
export function OrganisationChoice({ value, onChange, one, label }: OrganisationChoiceProps) {
  const t = useWords();
  const { data } = useOrganisations();
  const options = useMemo(
    () =>
      treeOrder(data ?? []).map(({ organisation: { id, name }, depth }) => ({
        value: String(id),
        label: `${'\u2003'.repeat(depth)}${name}`,
      })),
    [data],
  );
  const all = { value: '', label: one === true ? t('filter.choose') : t('filter.all') };
  return (
    <Choice
      label={label ?? t('column.organisation')}
      value={value}
      options={[all, ...options]}
      onChange={onChange}
    />
  );
}

/** Parents before children, siblings by name. */
export function treeOrder(
  tree: readonly Organisation[],
): { readonly organisation: Organisation; readonly depth: number }[] {
  const known = new Set(tree.map(({ id }) => id));
  const children = Map.groupBy(tree, ({ parentId }) =>
    parentId !== null && known.has(parentId) ? parentId : null,
  );
  const visit = (parentId: number | null, depth: number): ReturnType<typeof treeOrder> =>
    (children.get(parentId) ?? [])
      .toSorted((a, b) => a.name.localeCompare(b.name, 'nb'))
      .flatMap((organisation) => [{ organisation, depth }, ...visit(organisation.id, depth + 1)]);
  return visit(null, 0);
}

/** Real and made-up vehicles are never added together. */
export function FleetChoice() {
  const t = useWords();
  const [filters, change] = useFilters();
  return (
    <Segments
      label={t('overview.fleet')}
      value={filters['fleet'] === 'simulated' ? 'simulated' : 'real'}
      options={[
        { value: 'real', label: t('fleet.real') },
        { value: 'simulated', label: t('fleet.simulated') },
      ]}
      onChange={(fleet) => change({ fleet: fleet === 'real' ? undefined : fleet })}
    />
  );
}

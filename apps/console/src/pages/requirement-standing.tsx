// How an organisation stands, to be read in five seconds: a sentence, then where, then by which
// requirement, then each vehicle that falls short with its figure beside what is asked.
import type {
  Compliance,
  CompliancePage,
  Page,
  RequirementCompliance,
  ResultCounts,
} from '@rmh/contract/api';
import { Link } from '@tanstack/react-router';
import { useGet } from '../api/api.ts';
import { useFilters } from '../app/search.ts';
import { countText, timeText } from '../format.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Answer, Panel } from '../parts/page.tsx';
import { ResultBar } from '../parts/result-marks.tsx';
import { Shape } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { RequirementItems } from './requirement-items.tsx';
import { RequirementTrend } from './requirement-trend.tsx';
import { useWhose } from './requirement-whose.ts';

// The evaluation runs each quarter of an hour, and a minute after somebody wrote a requirement.
const EVERY_MS = 60_000;

export function RequirementStanding() {
  const t = useWords();
  const whose = useWhose();
  const options = { keep: true, everyMs: EVERY_MS };
  const query = { ...whose, limit: 500 };
  const places = useGet<CompliancePage>('/compliance', query, options);
  return (
    <>
      <Answer of={places}>
        {({ items, evaluatedAt }) => (
          <>
            <Verdict items={items} evaluatedAt={evaluatedAt} />
            <div className="two">
              <Panel title={t('requirements.where')}>
                <PlaceTable items={items} />
              </Panel>
              <Panel title={t('requirements.which')} note={t('requirements.whichNote')}>
                <Worst />
              </Panel>
            </div>
          </>
        )}
      </Answer>
      <RequirementItems />
      <Panel title={t('requirements.trend')} note={t('requirements.trendNote')}>
        <RequirementTrend />
      </Panel>
    </>
  );
}

/** Of the tops alone: those below are in them already. */
function topsOf(items: readonly Compliance[]): readonly Compliance[] {
  const shown = new Set(items.map(({ organisationId }) => organisationId));
  return items.filter(({ parentId }) => parentId === null || !shown.has(parentId));
}

interface VerdictProps {
  readonly items: readonly Compliance[];
  readonly evaluatedAt: string | null;
}

function Verdict({ items, evaluatedAt }: VerdictProps) {
  const t = useWords();
  const language = useLanguage();
  const sum = { met: 0, failed: 0, unknown: 0 };
  let own = 0;
  for (const { vehicles, ownChecks } of topsOf(items)) {
    sum.met += vehicles.met;
    sum.failed += vehicles.failed;
    sum.unknown += vehicles.unknown;
    own += ownChecks.failed;
  }
  const n = sum.met + sum.failed + sum.unknown;
  const { tone, text } = ((): { tone: 'bad' | 'unknown' | 'good'; text: string } => {
    if (evaluatedAt === null) return { tone: 'unknown', text: t('requirements.notYet') };
    if (sum.failed > 0) {
      return { tone: 'bad', text: t('requirements.short', { short: sum.failed, n }) };
    }
    if (own > 0) return { tone: 'bad', text: t('requirements.ownShort', { n: own }) };
    if (n === 0) return { tone: 'unknown', text: t('requirements.noVehicles') };
    if (sum.unknown > 0) {
      return { tone: 'unknown', text: t('requirements.notKnown', { unknown: sum.unknown, n }) };
    }
    return { tone: 'good', text: t('requirements.allMet', { n }) };
  })();
  return (
    <section className={`verdict verdict-${tone}`} aria-label={t('overview.verdict')}>
      <Shape tone={tone} />
      <div>
        <p className="verdict-text">{text}</p>
        <p className="verdict-more">
          {t('requirements.counts', { met: sum.met, unknown: sum.unknown })}
          {own > 0 && ` · ${t('requirements.ownShort', { n: own })}`}
          {evaluatedAt !== null &&
            ` · ${t('verdict.at', { at: timeText(language, 'dayClock', evaluatedAt) })}`}
        </p>
      </div>
    </section>
  );
}

/** The organisation and those right below it; each leads one step down. */
function PlaceTable({ items }: { readonly items: readonly Compliance[] }) {
  const t = useWords();
  const [filters] = useFilters();
  const tops = topsOf(items);
  const rows = [...tops, ...items.filter((one) => !tops.includes(one))];
  const single = tops.length === 1 ? tops[0] : undefined;
  const up = filters['organisationId'] !== undefined && single?.parentId;
  return (
    <>
      {typeof up === 'number' && (
        <p>
          <Link to="." search={{ ...filters, organisationId: String(up) }}>
            {t('requirements.up')}
          </Link>
        </p>
      )}
      <DataTable
        caption={t('requirements.where')}
        rows={rows}
        rowKey={({ organisationId }) => organisationId}
        empty={t('overview.noOrganisations')}
        columns={[
          {
            key: 'name',
            head: t('column.organisation'),
            names: true,
            cell: (one) =>
              tops.includes(one) ? (
                <strong>{one.name}</strong>
              ) : (
                <Link
                  className="depth-1"
                  to="."
                  search={{ ...filters, organisationId: String(one.organisationId) }}
                >
                  {one.name}
                </Link>
              ),
          },
          {
            key: 'failed',
            head: t('requirements.vehiclesShort'),
            numeric: true,
            cell: ({ vehicles }) => <Short counts={vehicles} />,
          },
          {
            key: 'of',
            head: t('requirements.of'),
            numeric: true,
            cell: ({ vehicles: { met, failed, unknown } }) => met + failed + unknown,
          },
          {
            key: 'bar',
            head: <span className="unseen">{t('overview.shares')}</span>,
            spare: true,
            cell: ({ vehicles }) => <ResultBar counts={vehicles} />,
          },
          {
            key: 'own',
            head: t('requirements.own'),
            numeric: true,
            cell: ({ ownChecks }) => <Short counts={ownChecks} />,
          },
        ]}
      />
    </>
  );
}

function Short({ counts }: { readonly counts: ResultCounts }) {
  const language = useLanguage();
  if (counts.failed === 0) return <span className="zero">0</span>;
  return <span className="figure tone-bad">{countText(language, counts.failed)}</span>;
}

/** Every requirement that binds here, the one that most fall short of first. */
function Worst() {
  const t = useWords();
  const language = useLanguage();
  const whose = useWhose();
  const [filters, change] = useFilters();
  const all = useGet<Page<RequirementCompliance>>(
    '/compliance/requirements',
    { ...whose, limit: 500 },
    { keep: true, everyMs: EVERY_MS },
  );
  const chosen = filters['requirement'];
  return (
    <Answer of={all}>
      {({ items }) => (
        <DataTable
          caption={t('requirements.which')}
          tall
          rows={items.filter(({ results: { met, failed, unknown } }) => met + failed + unknown > 0)}
          rowKey={({ requirement }) => requirement.id}
          isChosen={({ requirement }) => String(requirement.id) === chosen}
          empty={t('requirements.none')}
          columns={[
            {
              key: 'title',
              head: t('requirements.requirement'),
              names: true,
              cell: ({ requirement }) => (
                <button
                  type="button"
                  className="link"
                  aria-pressed={String(requirement.id) === chosen}
                  onClick={() => {
                    const id = String(requirement.id);
                    change({ requirement: id === chosen ? undefined : id });
                  }}
                >
                  {requirement.code} {requirement[language].title}
                </button>
              ),
            },
            {
              key: 'failed',
              head: t('result.failed'),
              numeric: true,
              cell: ({ results }) => <Short counts={results} />,
            },
            {
              key: 'unknown',
              head: t('result.unknown'),
              numeric: true,
              cell: ({ results }) => countText(language, results.unknown),
            },
            {
              key: 'bar',
              head: <span className="unseen">{t('overview.shares')}</span>,
              spare: true,
              cell: ({ results }) => <ResultBar counts={results} />,
            },
          ]}
        />
      )}
    </Answer>
  );
}

// The rollout programme: each region's plan, and what has come of it.

import '../style/orders.css';
import { Button } from '@digdir/designsystemet-react';
import type { PlanMonth, Programme } from '@rmh/contract/api';
import { useMemo, useState } from 'react';
import { useMay, usePages } from '../api/api.ts';
import { useFilters } from '../app/search.ts';
import { burnUp } from '../burn-up.ts';
import { STAGE_COUNT_NAMES } from '../choices.ts';
import { timeText } from '../format.ts';
import { Chart } from '../parts/chart.tsx';
import { FleetChoice } from '../parts/choices.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { More } from '../parts/more.tsx';
import { Answer, Facts, PageFrame, Panel } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { PlanDialog } from './plan-dialog.tsx';
import { ProgrammeRows } from './programme-rows.tsx';

export function ProgrammePage() {
  const t = useWords();
  const [filters] = useFilters();
  const query = { simulated: filters['fleet'] === 'simulated' };
  const regions = usePages<Programme>('/programme', query);
  return (
    <PageFrame title={t('page.programme')} tools={<FleetChoice />}>
      <Answer of={{ data: regions.items, error: regions.error }}>
        {(found) =>
          found.length === 0 ? (
            <p className="nothing">{t('programme.none')}</p>
          ) : (
            found.map((region) => <Region key={region.organisationId} region={region} />)
          )
        }
      </Answer>
      <More of={regions} />
    </PageFrame>
  );
}

function Region({ region }: { readonly region: Programme }) {
  const t = useWords();
  const may = useMay();
  const [planning, setPlanning] = useState(false);
  const { organisationId, organisation, coordinator, reached, plan } = region;
  const now = planNow(plan);
  return (
    <Panel
      title={organisation}
      note={
        coordinator === null
          ? t('programme.nobody')
          : t('programme.coordinator', { name: coordinator })
      }
      tools={
        may('programme.write') && (
          <Button
            variant="secondary"
            aria-label={`${t('programme.plan')}: ${organisation}`}
            onClick={() => setPlanning(true)}
          >
            {t('programme.plan')}
          </Button>
        )
      }
    >
      <Facts
        of={STAGE_COUNT_NAMES.map((stage) => [
          t(`stageCount.${stage}`),
          now === undefined
            ? reached[stage]
            : t('programme.ofPlan', { done: reached[stage], all: now[stage] }),
        ])}
      />
      <BurnUp region={region} />
      <ProgrammeRows organisationId={organisationId} organisation={organisation} />
      {planning && <PlanDialog region={region} onClose={() => setPlanning(false)} />}
    </Panel>
  );
}

/** What was to be reached by the end of this month, or of the last one that was planned. */
function planNow(plan: readonly PlanMonth[]): PlanMonth | undefined {
  const today = new Date().toISOString().slice(0, 10);
  return plan.findLast(({ month }) => month <= today) ?? plan[0];
}

function BurnUp({ region }: { readonly region: Programme }) {
  const t = useWords();
  const language = useLanguage();
  const { months, lines } = useMemo(() => burnUp(region), [region]);
  const atMs = useMemo(() => months.map((month) => Date.parse(month)), [months]);
  const drawn = useMemo(
    () =>
      lines.map(({ stage, planned, colour, values }) => ({
        name: planned
          ? t('programme.planned', { stage: t(`stageCount.${stage}`) })
          : t(`stageCount.${stage}`),
        colour,
        dashed: planned,
        values,
      })),
    [lines, t],
  );
  if (months.length === 0) return <p className="nothing">{t('programme.empty')}</p>;
  return (
    <div className="burn-up">
      <Chart
        label={`${t('programme.burnUp')}: ${region.organisation}`}
        atMs={atMs}
        lines={drawn}
        unit=""
        heightPx={220}
      />
      <DataTable
        caption={`${t('programme.burnUp')}: ${region.organisation}`}
        tall
        rows={months.map((month, at) => ({ month, at }))}
        rowKey={({ month }) => month}
        columns={[
          {
            key: 'month',
            head: t('programme.month'),
            names: true,
            tight: true,
            cell: ({ month }) => timeText(language, 'month', month),
          },
          // What counts in the end stands first.
          ...drawn.toReversed().map(({ name, values }) => ({
            key: name,
            head: name,
            numeric: true,
            cell: ({ at }: { readonly at: number }) => values[at] ?? '–',
          })),
        ]}
      />
    </div>
  );
}

// One by one: which vehicle, which requirement, the figure beside what is asked, and since when.
import { Button } from '@digdir/designsystemet-react';
import type { RequirementResult, ResultState } from '@rmh/contract/api';
import { Link } from '@tanstack/react-router';
import { useOrganisations, usePages } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { useFilters } from '../app/search.ts';
import { whenText } from '../format.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Segments } from '../parts/fields.tsx';
import { Answer, Panel } from '../parts/page.tsx';
import { Figures } from '../parts/result-marks.tsx';
import { Marked } from '../parts/status.tsx';
import { RESULTS_GRAVE_FIRST } from '../requirement-words.ts';
import { useLanguage, useWords } from '../words/words.ts';
import { useWhose } from './requirement-whose.ts';

export function RequirementItems() {
  const t = useWords();
  const whose = useWhose();
  const [filters, change] = useFilters();
  const state = RESULTS_GRAVE_FIRST.find((one) => one === filters['state']) ?? 'failed';
  const requirementId = filters['requirement'];
  const list = usePages<RequirementResult>(
    '/compliance/items',
    { ...whose, state, requirementId, limit: 50 },
    60_000,
  );
  return (
    <Panel
      title={t('requirements.items')}
      tools={
        <>
          {requirementId !== undefined && (
            <Button variant="tertiary" onClick={() => change({ requirement: undefined })}>
              {t('requirements.showAll')}
            </Button>
          )}
          <Segments<ResultState>
            label={t('column.state')}
            value={state}
            options={RESULTS_GRAVE_FIRST.map((one) => ({ value: one, label: t(`result.${one}`) }))}
            onChange={(next) => change({ state: next })}
          />
        </>
      }
    >
      <Answer of={{ data: list.items, error: list.error }}>
        {(items) => <ItemTable items={items} />}
      </Answer>
      {list.hasNextPage && (
        <p className="more">
          <Button variant="secondary" onClick={() => void list.fetchNextPage()}>
            {t('action.more')}
          </Button>
        </p>
      )}
    </Panel>
  );
}

function ItemTable({ items }: { readonly items: readonly RequirementResult[] }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const { data: tree } = useOrganisations();
  const organisations = new Map(tree?.map(({ id, name }) => [id, name]));
  return (
    <DataTable
      caption={t('requirements.items')}
      rows={items}
      rowKey={({ id }) => id}
      empty={<Marked tone="good">{t('requirements.nothing')}</Marked>}
      columns={[
        {
          key: 'who',
          head: t('column.who'),
          names: true,
          tight: true,
          cell: ({ vehicleId, callSign, organisationId }) =>
            vehicleId === null ? (
              organisations.get(organisationId)
            ) : (
              <Link to="/vehicles/$vehicleId" params={{ vehicleId: String(vehicleId) }}>
                {callSign ?? t('word.aVehicle')}
              </Link>
            ),
        },
        {
          key: 'where',
          head: t('column.organisation'),
          spare: true,
          cell: ({ organisationId }) => organisations.get(organisationId) ?? '–',
        },
        {
          key: 'requirement',
          head: t('requirements.requirement'),
          cell: ({ code, title }) => `${code} ${title[language]}`,
        },
        {
          key: 'figures',
          head: t('requirements.figures'),
          cell: (result) => <Figures result={result} />,
        },
        {
          key: 'since',
          head: t('column.since'),
          tight: true,
          cell: ({ from }) => whenText(language, from, nowMs),
        },
      ]}
    />
  );
}

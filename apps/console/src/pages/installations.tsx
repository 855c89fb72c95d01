// Vehicles on their way from the order to the road.

import type { Installation, InstallationState } from '@rmh/contract/api';
import { Link } from '@tanstack/react-router';
import { usePages } from '../api/api.ts';
import { useFilters } from '../app/search.ts';
import { POINT_NAMES } from '../choices.ts';
import { timeText } from '../format.ts';
import { DataTable } from '../parts/data-table.tsx';
import { More } from '../parts/more.tsx';
import { Answer } from '../parts/page.tsx';
import { Marked, type Tone } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';

const TONES: Readonly<Record<InstallationState, Tone>> = {
  ordered: 'unknown',
  delivered: 'reduced',
  installed: 'reduced',
  accepted: 'good',
  'in-operation': 'good',
  cancelled: 'off',
};

export function InstallationMark({ state }: { readonly state: InstallationState }) {
  const t = useWords();
  return <Marked tone={TONES[state]}>{t(`installation.${state}`)}</Marked>;
}

export function Installations() {
  const t = useWords();
  const language = useLanguage();
  const [filters] = useFilters();
  const query = { organisationId: filters['organisationId'] };
  const list = usePages<Installation>('/installations', query);
  return (
    <>
      <Answer of={{ data: list.items, error: list.error }}>
        {(rows) => (
          <DataTable
            caption={t('orders.installations')}
            rows={rows}
            rowKey={({ id }) => id}
            empty={t('installation.none')}
            columns={[
              {
                key: 'vehicle',
                head: t('column.vehicle'),
                names: true,
                cell: ({ id, callSign }) => (
                  <Link to="/installations/$installationId" params={{ installationId: String(id) }}>
                    {callSign}
                  </Link>
                ),
              },
              {
                key: 'state',
                head: t('installation.state'),
                tight: true,
                cell: ({ state }) => <InstallationMark state={state} />,
              },
              {
                key: 'points',
                head: t('installation.points'),
                tight: true,
                cell: ({ pointsTicked }) =>
                  t('order.doneOf', { done: pointsTicked, all: POINT_NAMES.length }),
              },
              {
                key: 'drive',
                head: t('installation.drive'),
                tight: true,
                cell: ({ drivePassed }) => <DriveMark passed={drivePassed} />,
              },
              {
                key: 'serial',
                head: t('column.serial'),
                spare: true,
                cell: ({ serial }) => serial ?? '–',
              },
              {
                key: 'ordered',
                head: t('installation.ordered'),
                tight: true,
                spare: true,
                cell: ({ orderedAt }) => timeText(language, 'date', orderedAt),
              },
            ]}
          />
        )}
      </Answer>
      <More of={list} />
    </>
  );
}

export function DriveMark({ passed }: { readonly passed: boolean | null }) {
  const t = useWords();
  if (passed === null) return <>{t('installation.driveNone')}</>;
  return (
    <Marked tone={passed ? 'good' : 'bad'}>
      {t(passed ? 'installation.passed' : 'installation.failed')}
    </Marked>
  );
}

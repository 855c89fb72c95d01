// Monthly reports: those that there are, and one made before its time.

import '../style/reports.css';
import { Button } from '@digdir/designsystemet-react';
import type { Report, ReportEntry } from '@rmh/contract/api';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay, useOrganisations, usePages, useWrite } from '../api/api.ts';
import { useFilters } from '../app/search.ts';
import { monthsBefore, shareText, timeText } from '../format.ts';
import { FleetChoice } from '../parts/choices.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Choice, ModalDialog } from '../parts/fields.tsx';
import { More } from '../parts/more.tsx';
import { Answer, Fault, PageFrame } from '../parts/page.tsx';
import { SimulatedMark } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';

export function ReportsPage() {
  const t = useWords();
  const may = useMay();
  const [filters] = useFilters();
  const [making, setMaking] = useState(false);
  const simulated = filters['fleet'] === 'simulated';
  const list = usePages<ReportEntry>('/reports', { simulated });
  return (
    <PageFrame
      title={t('page.reports')}
      aside={simulated && <SimulatedMark />}
      tools={
        <>
          <FleetChoice />
          {may('report.write') && (
            <Button onClick={() => setMaking(true)}>{t('reports.make')}</Button>
          )}
        </>
      }
    >
      <Answer of={{ data: list.items, error: list.error }}>
        {(reports) => <ReportTable reports={reports} />}
      </Answer>
      <More of={list} />
      {making && <MakeDialog simulated={simulated} onClose={() => setMaking(false)} />}
    </PageFrame>
  );
}

function ReportTable({ reports }: { readonly reports: readonly ReportEntry[] }) {
  const t = useWords();
  const language = useLanguage();
  return (
    <DataTable
      caption={t('reports.list')}
      rows={reports}
      rowKey={({ id }) => id}
      empty={<p>{t('reports.none')}</p>}
      columns={[
        {
          key: 'month',
          head: t('reports.month'),
          names: true,
          tight: true,
          cell: ({ id, month, organisation }) => (
            <Link
              to="/reports/$reportId"
              params={{ reportId: String(id) }}
              aria-label={`${timeText(language, 'month', month)}, ${organisation}`}
            >
              {timeText(language, 'month', month)}
            </Link>
          ),
        },
        { key: 'whose', head: t('column.organisation'), cell: ({ organisation }) => organisation },
        {
          key: 'availability',
          head: t('column.availability'),
          numeric: true,
          cell: ({ availability }) => shareText(language, availability),
        },
        {
          key: 'version',
          head: t('reports.version'),
          numeric: true,
          cell: ({ version }) => version,
        },
        {
          key: 'made',
          head: t('reports.made'),
          tight: true,
          spare: 'phone',
          cell: ({ madeAt }) => timeText(language, 'dayClock', madeAt),
        },
        {
          key: 'by',
          head: t('reports.madeBy'),
          spare: true,
          cell: ({ madeBy }) => madeBy ?? t('reports.onSchedule'),
        },
      ]}
    />
  );
}

interface MakeProps {
  readonly simulated: boolean;
  readonly onClose: () => void;
}

function MakeDialog({ simulated, onClose }: MakeProps) {
  const t = useWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const { data: tree = [] } = useOrganisations();
  const whose = tree.filter(({ kind }) => kind === 'national' || kind === 'rhf');
  const months = monthsBefore(Date.now(), 12);
  const [month, setMonth] = useState(months[0] ?? '');
  const [chosen, setChosen] = useState('');
  const organisationId = chosen === '' ? String(whose[0]?.id ?? '') : chosen;
  const write = useWrite<Report>(['/reports']);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const body = { organisationId: Number(organisationId), month, simulated };
    write.mutate(
      { path: '/reports', body },
      {
        onSuccess: ({ id }) =>
          void navigate({ to: '/reports/$reportId', params: { reportId: String(id) } }),
      },
    );
  };
  return (
    <ModalDialog title={t('reports.make')} open onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <p>{t('reports.makeHow')}</p>
        <Choice
          label={t('column.organisation')}
          value={organisationId}
          options={whose.map(({ id, name }) => ({ value: String(id), label: name }))}
          onChange={setChosen}
        />
        <Choice
          label={t('reports.month')}
          value={month}
          options={months.map((one) => ({ value: one, label: timeText(language, 'month', one) }))}
          onChange={setMonth}
        />
        {write.error !== null && <Fault error={write.error} />}
        <div className="actions">
          <Button type="submit" loading={write.isPending} disabled={organisationId === ''}>
            {t('reports.make')}
          </Button>
          <Button variant="secondary" type="button" onClick={onClose}>
            {t('action.cancel')}
          </Button>
        </div>
      </form>
    </ModalDialog>
  );
}

// What binds this vehicle: what it falls short of first, with the figure beside what is asked.
import type { RequirementResult, Vehicle } from '@rmh/contract/api';
import { Link } from '@tanstack/react-router';
import { useAllPages } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { whenText } from '../format.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Answer, Panel } from '../parts/page.tsx';
import { Figures, ResultMark } from '../parts/result-marks.tsx';
import { Marked } from '../parts/status.tsx';
import { graveFirst } from '../requirement-words.ts';
import { useLanguage, useWords } from '../words/words.ts';

export function VehicleRequirements({ vehicle }: { readonly vehicle: Vehicle }) {
  const t = useWords();
  const { id: vehicleId, simulated } = vehicle;
  const results = useAllPages<RequirementResult>('/compliance/items', {
    vehicleId,
    simulated: String(simulated),
  });
  return (
    <Panel
      title={t('page.requirements')}
      tools={
        <Link to="/requirements" search={{ view: 'register' }}>
          {t('requirements.register')}
        </Link>
      }
    >
      <Answer of={results}>{(all) => <Standing results={all} />}</Answer>
    </Panel>
  );
}

function Standing({ results }: { readonly results: readonly RequirementResult[] }) {
  const t = useWords();
  const open = results.filter(({ state }) => state !== 'met');
  const met = results.filter(({ state }) => state === 'met');
  if (results.length === 0) return <p className="quiet">{t('requirements.nothingBinds')}</p>;
  return (
    <>
      {open.length === 0 ? (
        <p>
          <Marked tone="good">{t('requirements.nothing')}</Marked>
        </p>
      ) : (
        <ResultTable caption={t('requirements.items')} results={open} />
      )}
      {met.length > 0 && (
        <details>
          <summary>{t('requirements.metCount', { n: met.length })}</summary>
          <ResultTable caption={t('result.met')} results={met} />
        </details>
      )}
    </>
  );
}

interface ResultTableProps {
  readonly caption: string;
  readonly results: readonly RequirementResult[];
}

function ResultTable({ caption, results }: ResultTableProps) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  return (
    <DataTable
      caption={caption}
      rows={graveFirst(results)}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'requirement',
          head: t('requirements.requirement'),
          names: true,
          cell: ({ code, title }) => `${code} ${title[language]}`,
        },
        {
          key: 'state',
          head: t('column.state'),
          tight: true,
          cell: ({ state }) => <ResultMark state={state} />,
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

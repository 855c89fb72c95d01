// How each carrier has done, month by month. One table a carrier, the newest month first.
import type { Scorecard, ScorecardMonth } from '@rmh/contract/api';
import { useGet } from '../api/api.ts';
import { useFilters } from '../app/search.ts';
import { countText, shareText, spanText, timeText } from '../format.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Answer, Panel } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';

export function CarrierScorecard() {
  const [filters] = useFilters();
  const card = useGet<Scorecard>('/carriers/scorecard', {
    simulated: String(filters['fleet'] === 'simulated'),
    organisationId: filters['organisationId'],
  });
  return (
    <Answer of={card}>
      {({ months, open }) =>
        [...Map.groupBy(months, ({ carrierId }) => carrierId)].map(([carrierId, own]) => (
          <CarrierCard
            key={carrierId}
            months={own}
            open={open.find((one) => one.carrierId === carrierId)?.cases ?? 0}
          />
        ))
      }
    </Answer>
  );
}

function CarrierCard({
  months,
  open,
}: {
  readonly months: readonly ScorecardMonth[];
  open: number;
}) {
  const t = useWords();
  const language = useLanguage();
  const carrier = months[0]?.carrier ?? '';
  const span = (ms: number | null): string => (ms === null ? '–' : spanText(language, ms));
  return (
    <Panel title={carrier} note={t('score.open', { n: open })}>
      <DataTable
        caption={t('score.caption', { carrier })}
        rows={months}
        rowKey={({ month }) => month}
        columns={[
          {
            key: 'month',
            head: t('score.month'),
            names: true,
            tight: true,
            cell: ({ month }) => timeText(language, 'month', `${month}T12:00Z`),
          },
          {
            key: 'availability',
            head: t('column.availability'),
            numeric: true,
            cell: ({ availability }) => shareText(language, availability),
          },
          { key: 'areas', head: t('score.areas'), numeric: true, cell: ({ areas }) => areas },
          {
            key: 'minutes',
            head: t('evidence.minutes'),
            numeric: true,
            cell: ({ lostMs }) => countText(language, lostMs / 60_000),
          },
          { key: 'holes', head: t('score.holes'), numeric: true, cell: ({ holes }) => holes },
          {
            key: 'opened',
            head: t('score.opened'),
            numeric: true,
            spare: 'phone',
            cell: ({ casesOpened }) => casesOpened,
          },
          {
            key: 'closed',
            head: t('score.closed'),
            numeric: true,
            spare: 'phone',
            cell: ({ casesClosed }) => casesClosed,
          },
          {
            key: 'answer',
            head: t('score.answer'),
            tight: true,
            spare: true,
            cell: ({ answerMs }) => span(answerMs),
          },
          {
            key: 'close',
            head: t('score.close'),
            tight: true,
            spare: true,
            cell: ({ closeMs }) => span(closeMs),
          },
        ]}
      />
    </Panel>
  );
}

// What is open towards which carrier, where, since when: first in one line, then as a list.
import type { CarrierCase } from '@rmh/contract/api';
import { Link } from '@tanstack/react-router';
import { usePages } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { useFilters } from '../app/search.ts';
import { countText, spanText, whenText } from '../format.ts';
import { usePlaceNames } from '../map/place-names.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Segments } from '../parts/fields.tsx';
import { More } from '../parts/more.tsx';
import { Answer } from '../parts/page.tsx';
import { Shape, type Tone } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { CaseMark } from './case-mark.tsx';

const EVERY_MS = 15_000;
const SHOWN = ['open', 'all'] as const;

export function CaseList() {
  const t = useWords();
  const [filters, change] = useFilters();
  const shown = SHOWN.find((name) => name === filters['shown']) ?? 'open';
  const query = {
    simulated: String(filters['fleet'] === 'simulated'),
    ...(shown === 'open' && { open: 'true' }),
  };
  const list = usePages<CarrierCase>('/carrier-cases', query, EVERY_MS);
  return (
    <Answer of={{ data: list.items, error: list.error }}>
      {(cases) => (
        <>
          {shown === 'open' && <Verdict cases={cases} more={list.hasNextPage} />}
          <Segments
            label={t('carriers.shown')}
            value={shown}
            options={SHOWN.map((name) => ({ value: name, label: t(`carriers.shown.${name}`) }))}
            onChange={(next) => change({ shown: next === 'open' ? undefined : next })}
          />
          <CaseTable cases={cases} />
          <More of={list} />
        </>
      )}
    </Answer>
  );
}

/** To be read in five seconds: does one last, whose, where, since when; else how many wait. */
function Verdict({ cases, more }: { readonly cases: readonly CarrierCase[]; more: boolean }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const placeOf = usePlaceNames();
  const lasting = cases.find(({ to }) => to === null);
  const waiting = cases.filter(({ state }) => state === 'open' || state === 'resolved').length;
  const tone: Tone = lasting !== undefined ? 'bad' : cases.length > 0 ? 'reduced' : 'good';
  const [cell = ''] = lasting?.cells ?? [];
  return (
    <section className={`verdict verdict-${tone}`} aria-label={t('overview.verdict')}>
      <Shape tone={tone} />
      <div>
        <p className="verdict-text">
          {lasting === undefined
            ? t(cases.length > 0 ? 'carriers.quiet' : 'carriers.none')
            : t('carriers.lasts', {
                carrier: lasting.carrier,
                place: cell === '' ? '–' : placeOf(cell),
                at: whenText(language, lasting.from, nowMs),
                n: lasting.vehicles,
              })}
        </p>
        <p className="verdict-more">
          {t('carriers.waiting', { n: more ? `${cases.length}+` : cases.length, waiting })}
        </p>
      </div>
    </section>
  );
}

function CaseTable({ cases }: { readonly cases: readonly CarrierCase[] }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const placeOf = usePlaceNames();
  return (
    <DataTable
      caption={t('carriers.cases')}
      rows={cases}
      rowKey={({ id }) => id}
      empty={<p>{t('carriers.none')}</p>}
      columns={[
        {
          key: 'case',
          head: t('column.what'),
          names: true,
          cell: ({ id, carrier, kind }) => (
            <Link to="/carriers/$caseId" params={{ caseId: String(id) }}>
              {t('case.title', { n: id, carrier })} · {t(`caseKind.${kind}`)}
            </Link>
          ),
        },
        {
          key: 'state',
          head: t('column.state'),
          tight: true,
          cell: ({ state }) => <CaseMark state={state} />,
        },
        {
          key: 'where',
          head: t('column.where'),
          cell: ({ cells: [cell] }) => (cell === undefined ? '–' : placeOf(cell)),
        },
        {
          key: 'since',
          head: t('column.since'),
          tight: true,
          cell: ({ from }) => whenText(language, from, nowMs),
        },
        {
          key: 'length',
          head: t('column.length'),
          tight: true,
          spare: 'phone',
          cell: ({ from, to }) =>
            to === null ? t('case.lasts') : spanText(language, Date.parse(to) - Date.parse(from)),
        },
        {
          key: 'vehicles',
          head: t('column.vehicles'),
          numeric: true,
          cell: ({ vehicles }) => vehicles,
        },
        {
          key: 'minutes',
          head: t('evidence.minutes'),
          numeric: true,
          spare: true,
          cell: ({ lostMs }) => countText(language, lostMs / 60_000),
        },
      ]}
    />
  );
}

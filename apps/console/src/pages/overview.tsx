// Is anything wrong, where, since when, and whose fault: to be read in five seconds.
import type { FleetOverview, Headline, Overview } from '@rmh/contract/api';
import { Link } from '@tanstack/react-router';
import { useAlarmWords } from '../alarm-words.ts';
import { useGet, useOrganisations } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { useFilters } from '../app/search.ts';
import { spanText, timeText, whenText } from '../format.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Segments } from '../parts/fields.tsx';
import { Answer, PageFrame, Panel } from '../parts/page.tsx';
import { Marked, SeverityMark, Shape, SimulatedMark, type Tone } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { CarrierFigures, GatewayList, StateBar } from './overview-figures.tsx';
import { RegionTable } from './overview-regions.tsx';

// The stream tells of alarms at once; the counts may be this old.
const EVERY_MS = 5_000;

export function OverviewPage() {
  const t = useWords();
  const [filters, change] = useFilters();
  // Needed once the answer is there: asked for beside it, not after it.
  useOrganisations();
  const overview = useGet<Overview>('/overview', {}, { everyMs: EVERY_MS, keep: true });
  const fleets = overview.data?.fleets ?? [];
  const wanted = filters['fleet'] === 'simulated';
  const fleet = fleets.find(({ simulated }) => simulated === wanted) ?? fleets[0];
  const tools = fleets.length > 1 && (
    <Segments
      label={t('overview.fleet')}
      value={fleet?.simulated ? 'simulated' : 'real'}
      options={[
        { value: 'real', label: t('fleet.real') },
        { value: 'simulated', label: t('fleet.simulated') },
      ]}
      onChange={(value) => change({ fleet: value === 'real' ? undefined : value })}
    />
  );
  return (
    <PageFrame
      title={t('page.overview')}
      aside={fleet?.simulated && <SimulatedMark />}
      tools={tools}
    >
      <Answer of={overview}>
        {(data) =>
          fleet === undefined ? (
            <p className="quiet">{t('overview.empty')}</p>
          ) : (
            <FleetView overview={data} fleet={fleet} />
          )
        }
      </Answer>
    </PageFrame>
  );
}

function FleetView(props: { readonly overview: Overview; readonly fleet: FleetOverview }) {
  const { overview, fleet } = props;
  const t = useWords();
  const { data: tree } = useOrganisations();
  return (
    <div className="overview">
      <Verdict overview={overview} fleet={fleet} />
      <Panel title={t('overview.wrong')} className="overview-wrong">
        <Headlines of={fleet.headlines} />
      </Panel>
      <div className="overview-side">
        <Panel title={t('overview.vehicles')}>
          <StateBar states={fleet.states} />
        </Panel>
        <Panel title={t('overview.carriers')}>
          <CarrierFigures carriers={fleet.carriers} />
        </Panel>
        <Panel title={t('overview.gateways')}>
          <GatewayList gateways={overview.gateways} />
        </Panel>
      </div>
      <Panel title={t('overview.regions')} className="overview-regions">
        <RegionTable fleet={fleet} tree={tree ?? []} />
      </Panel>
    </div>
  );
}

/** One sentence: the answer to "is anything wrong?". */
function Verdict(props: { readonly overview: Overview; readonly fleet: FleetOverview }) {
  const { overview, fleet } = props;
  const t = useWords();
  const language = useLanguage();
  const { critical = 0, major = 0, minor = 0, warning = 0 } = fleet.alarms.bySeverity;
  const grave = critical + major;
  const on = (fleet.states.up ?? 0) + (fleet.states.reduced ?? 0) + (fleet.states.down ?? 0);
  const { down = 0 } = fleet.states;
  const { tone, text } = ((): { tone: Tone; text: string } => {
    if (grave > 0) return { tone: 'bad', text: t('verdict.grave', { n: grave }) };
    // An alarm waits for its tolerance; the picture does not.
    if (down > 0) return { tone: 'reduced', text: t('verdict.down', { n: down }) };
    const small = minor + warning;
    if (small > 0) return { tone: 'reduced', text: t('verdict.minor', { n: small }) };
    // Where nobody speaks, nobody knows: that is not good.
    if (on === 0) return { tone: 'unknown', text: t('verdict.nobody') };
    return { tone: 'good', text: t('verdict.good') };
  })();
  return (
    <section className={`verdict verdict-${tone}`} aria-label={t('overview.verdict')}>
      <Shape tone={tone} />
      <div>
        <p className="verdict-text">{text}</p>
        <p className="verdict-more">
          {t('verdict.service', { have: on - down, n: on })}
          {fleet.alarms.unacknowledged > 0 &&
            ` · ${t('verdict.unacknowledged', { n: fleet.alarms.unacknowledged })}`}
          {` · ${t('verdict.at', { at: timeText(language, 'seconds', overview.at) })}`}
        </p>
      </div>
    </section>
  );
}

function Headlines({ of }: { readonly of: readonly Headline[] }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const { alarmText, faultText } = useAlarmWords();
  return (
    <DataTable
      caption={t('overview.wrong')}
      rows={of}
      rowKey={({ alarmId }) => alarmId}
      empty={<Marked tone="good">{t('overview.nothingWrong')}</Marked>}
      columns={[
        {
          key: 'severity',
          head: t('column.severity'),
          cell: ({ severity }) => <SeverityMark severity={severity} />,
        },
        {
          key: 'what',
          head: t('column.what'),
          names: true,
          cell: (one) => (
            <Link to="/alarms" search={{ alarm: String(one.alarmId) }}>
              {alarmText(one)}
            </Link>
          ),
        },
        {
          key: 'where',
          head: t('column.where'),
          spare: 'phone',
          cell: ({ where }) => where,
        },
        {
          key: 'since',
          head: t('column.since'),
          tight: true,
          cell: ({ since }) => (
            <>
              {whenText(language, since, nowMs)}{' '}
              <span className="quiet">({spanText(language, nowMs - Date.parse(since))})</span>
            </>
          ),
        },
        {
          key: 'fault',
          head: t('column.fault'),
          spare: 'phone',
          cell: (one) => faultText(one),
        },
        {
          key: 'seen',
          head: t('column.acknowledged'),
          spare: true,
          cell: ({ acknowledged }) =>
            acknowledged ? t('word.yes') : <strong>{t('word.no')}</strong>,
        },
      ]}
    />
  );
}

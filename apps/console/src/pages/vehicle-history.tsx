import { Button } from '@digdir/designsystemet-react';
import type { Outage, Series, VehicleOutage } from '@rmh/contract/api';
import { useMemo } from 'react';
import { useGet, usePages } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { useLiveVehicle } from '../api/live.ts';
import { useFilters } from '../app/search.ts';
import { useCarrierLook } from '../carriers.ts';
import { bytesText, decimals, shareText, timeText, whenText } from '../format.ts';
import { type OutageTold, outageText } from '../outage-words.ts';
import { Chart } from '../parts/chart.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Answer, Panel } from '../parts/page.tsx';
import { Strips } from '../parts/strips.tsx';
import { useLanguage, useWords } from '../words/words.ts';

export const HOURS = ['1', '6', '24', '168'] as const;
const HOUR_MS = 3_600_000;
// The range moves on by this, so that the same range is one key for a while.
const STEP_MS = 30_000;

function useRange() {
  const [filters] = useFilters();
  const hours = HOURS.find((one) => one === filters['hours']) ?? HOURS[0];
  const toMs = Math.ceil(useNowMs() / STEP_MS) * STEP_MS;
  return useMemo(
    () => ({
      from: new Date(toMs - Number(hours) * HOUR_MS).toISOString(),
      to: new Date(toMs).toISOString(),
    }),
    [hours, toMs],
  );
}

export function VehicleHistory({ vehicleId }: { readonly vehicleId: number }) {
  const t = useWords();
  const range = useRange();
  const series = useGet<Series>(`/vehicles/${vehicleId}/series`, range, { keep: true });
  return (
    <>
      <Panel title={t('vehicle.timeline')} note={t('vehicle.timelineNote')}>
        <Answer of={series}>{(data) => <Timeline series={data} />}</Answer>
      </Panel>
      <Panel title={t('vehicle.happened')}>
        <Outages vehicleId={vehicleId} from={range.from} to={range.to} />
      </Panel>
    </>
  );
}

function Timeline({ series }: { readonly series: Series }) {
  const t = useWords();
  const look = useCarrierLook();
  const strips = useMemo(
    () => [
      { key: '', name: t('word.service'), up: series.service },
      ...series.carriers.map(({ link, up }) => ({ key: link, name: look.name(link), up })),
    ],
    [series, look, t],
  );
  const lines = useMemo(
    () =>
      series.carriers.map(({ link, rttMs }) => ({
        name: look.name(link),
        colour: look.colour(link),
        values: rttMs,
      })),
    [series, look],
  );
  return (
    <>
      <Strips series={series} strips={strips} label={t('vehicle.timeline')} />
      <h3>{t('vehicle.rtt')}</h3>
      <Chart label={t('vehicle.rtt')} atMs={series.atMs} lines={lines} unit="ms" />
      <details>
        <summary>{t('action.asTable')}</summary>
        <SeriesTable series={series} />
      </details>
    </>
  );
}

function SeriesTable({ series }: { readonly series: Series }) {
  const t = useWords();
  const language = useLanguage();
  const look = useCarrierLook();
  return (
    <DataTable
      caption={t('vehicle.timeline')}
      tall
      rows={series.atMs.map((atMs, index) => ({ atMs, index }))}
      rowKey={({ atMs }) => atMs}
      columns={[
        {
          key: 'at',
          head: t('column.time'),
          names: true,
          cell: ({ atMs }) => timeText(language, 'dayClock', atMs),
        },
        {
          key: 'service',
          head: t('word.service'),
          numeric: true,
          cell: ({ index }) => shareText(language, series.service[index] ?? null),
        },
        ...series.carriers.map(({ link, up, rttMs, bytes }) => ({
          key: link,
          head: look.name(link),
          numeric: true,
          cell: ({ index }: { index: number }) => {
            const rtt = rttMs[index] ?? null;
            return [
              shareText(language, up[index] ?? null),
              rtt === null ? '–' : `${decimals(language, rtt, 0)} ms`,
              bytesText(language, bytes[index] ?? 0),
            ].join(' · ');
          },
        })),
      ]}
    />
  );
}

interface OutagesProps {
  readonly vehicleId: number;
  readonly from: string;
  readonly to: string;
}

function Outages({ vehicleId, from, to }: OutagesProps) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const look = useCarrierLook();
  const live = useLiveVehicle(vehicleId)?.outages;
  const list = usePages<VehicleOutage>(`/vehicles/${vehicleId}/outages`, { from, to, limit: 50 });
  return (
    <Answer of={{ data: list.items, error: list.error }}>
      {(outages) => (
        <>
          <DataTable
            caption={t('vehicle.happened')}
            rows={withLive(outages, live ?? [], Date.parse(from))}
            rowKey={({ link, fromMs }) => `${link} ${fromMs}`}
            empty={t('vehicle.nothingHappened')}
            columns={[
              {
                key: 'at',
                head: t('column.time'),
                tight: true,
                names: true,
                cell: ({ fromMs }) => whenText(language, fromMs, nowMs),
              },
              {
                key: 'what',
                head: t('column.what'),
                cell: (outage) => outageText(language, outage, look.name),
              },
              { key: 'cause', head: t('column.fault'), cell: ({ cause }) => t(`cause.${cause}`) },
            ]}
          />
          {list.hasNextPage && (
            <Button variant="secondary" onClick={() => void list.fetchNextPage()}>
              {t('action.more')}
            </Button>
          )}
        </>
      )}
    </Answer>
  );
}

type Happened = OutageTold & { readonly cause: VehicleOutage['cause'] };

/** What the vehicle says of now stands before its samples tell it, some ten seconds later. */
function withLive(
  told: readonly VehicleOutage[],
  live: readonly Outage[],
  sinceMs: number,
): Happened[] {
  const happened = new Map<string, Happened>();
  const add = (one: Happened) => happened.set(`${one.link} ${one.fromMs}`, one);
  for (const { from, to, ...rest } of told) {
    add({ ...rest, fromMs: Date.parse(from), toMs: to === null ? null : Date.parse(to) });
  }
  for (const outage of live.filter(({ fromMs }) => fromMs >= sinceMs)) {
    const cause = happened.get(`${outage.link} ${outage.fromMs}`)?.cause ?? 'unknown';
    add({ ...outage, cause });
  }
  return [...happened.values()].toSorted((a, b) => b.fromMs - a.fromMs);
}

// The evidence of a case as it was frozen: figures, cells on a map with their table, vehicles as
// numbers, and packs to take away. Older versions stay to be chosen.
import type { CarrierCase, Evidence, EvidenceDay, EvidenceVehicle } from '@rmh/contract/api';
import { addressOf } from '@rmh/contract/client';
import { useMemo } from 'react';
import { useAllPages, useGet } from '../api/api.ts';
import { useFilters } from '../app/search.ts';
import { useCarrierLook } from '../carriers.ts';
import { countText, decimals, timeText } from '../format.ts';
import { usePlaceNames } from '../map/place-names.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Choice } from '../parts/fields.tsx';
import { Answer, Facts, Panel } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { CellMap } from './cell-map.tsx';

interface Version {
  readonly version: number;
  readonly frozenAt: string;
  readonly sha256: string;
}

export function CaseEvidence({ one }: { readonly one: CarrierCase }) {
  const t = useWords();
  const language = useLanguage();
  const [filters, change] = useFilters();
  const path = `/carrier-cases/${one.id}/evidence`;
  const versions = useAllPages<Version>(path, { newest: undefined });
  const wanted = Number(filters['version'] ?? one.evidence);
  const evidence = useGet<Evidence>(`${path}/${wanted}`, {}, { enabled: one.evidence > 0 });
  if (one.evidence === 0) {
    return (
      <Panel title={t('evidence.title')}>
        <p className="quiet">{t('evidence.notYet')}</p>
      </Panel>
    );
  }
  const sha256 = versions.data?.find(({ version }) => version === wanted)?.sha256;
  return (
    <Panel
      title={t('evidence.title')}
      note={t('evidence.note')}
      tools={
        <>
          <Choice
            label={t('column.version')}
            value={String(wanted)}
            options={(versions.data ?? []).toReversed().map(({ version, frozenAt }) => ({
              value: String(version),
              label: `${version} · ${timeText(language, 'dayClock', frozenAt)}`,
            }))}
            onChange={(version) => change({ version })}
          />
          <Packs path={`${path}/${wanted}`} />
        </>
      }
    >
      <Answer of={evidence}>
        {(found) => (
          <>
            <EvidenceFacts evidence={found} sha256={sha256 ?? '–'} />
            <Cells evidence={found} />
            {found.kind === 'area' ? (
              <VehicleTable vehicles={found.vehicles} />
            ) : (
              <DayTable days={found.days} />
            )}
          </>
        )}
      </Answer>
    </Panel>
  );
}

const ENDINGS = ['pdf', 'csv', 'parquet', 'json'] as const;

function Packs({ path }: { readonly path: string }) {
  const t = useWords();
  const language = useLanguage();
  return (
    <p className="exports">
      {ENDINGS.map((ending) => (
        <a
          key={ending}
          href={addressOf(`${path}/pack.${ending}`, ending === 'pdf' ? { language } : {})}
          download
          aria-label={t(`pack.${ending}`)}
        >
          {ending === 'json' ? t('pack.signed') : ending.toUpperCase()}
        </a>
      ))}
    </p>
  );
}

function EvidenceFacts({ evidence, sha256 }: { readonly evidence: Evidence; sha256: string }) {
  const t = useWords();
  const language = useLanguage();
  const look = useCarrierLook();
  const time = (at: string): string =>
    `${timeText(language, 'day', at)} ${timeText(language, 'seconds', at)}`;
  const held = evidence.held.map(({ carrier, vehicles }) => `${look.name(carrier)} (${vehicles})`);
  return (
    <Facts
      of={[
        [t('evidence.from'), time(evidence.from)],
        [t('evidence.to'), evidence.to === null ? t('case.lasts') : time(evidence.to)],
        [t('evidence.struck'), evidence.vehiclesStruck],
        [t('evidence.minutes'), decimals(language, evidence.lostMs / 60_000, 1)],
        [t('evidence.served'), evidence.vehiclesServed],
        [t('evidence.fine'), evidence.vehiclesFine],
        [t('evidence.held'), held.join(', ') || '–'],
        ['SHA-256', <code key="sha256">{sha256}</code>],
      ]}
    />
  );
}

function Cells({ evidence: { cells } }: { readonly evidence: Evidence }) {
  const t = useWords();
  const language = useLanguage();
  const placeOf = usePlaceNames();
  const weighed = useMemo(() => {
    const most = Math.max(1, ...cells.map(({ lostMs }) => lostMs));
    return cells.map(({ cell, lostMs }) => ({ cell, weight: lostMs / most }));
  }, [cells]);
  return (
    <div className="map-split case-map">
      <CellMap label={t('evidence.map')} cells={weighed} />
      <section className="map-list" aria-label={t('evidence.cells')}>
        <DataTable
          caption={t('evidence.cells')}
          rows={cells.toSorted((a, b) => b.lostMs - a.lostMs)}
          rowKey={({ cell }) => cell}
          columns={[
            {
              key: 'near',
              head: t('coverage.near'),
              names: true,
              cell: ({ cell }) => placeOf(cell),
            },
            {
              key: 'vehicles',
              head: t('column.vehicles'),
              numeric: true,
              cell: ({ vehicles }) => vehicles,
            },
            {
              key: 'minutes',
              head: t('evidence.minutesShort'),
              numeric: true,
              cell: ({ lostMs }) => countText(language, lostMs / 60_000),
            },
          ]}
        />
      </section>
    </div>
  );
}

function VehicleTable({ vehicles }: { readonly vehicles: readonly EvidenceVehicle[] }) {
  const t = useWords();
  const language = useLanguage();
  const look = useCarrierLook();
  const placeOf = usePlaceNames();
  return (
    <DataTable
      caption={t('evidence.vehicles')}
      captionShown
      rows={vehicles}
      rowKey={({ number }) => number}
      tall
      columns={[
        {
          key: 'number',
          head: t('evidence.number'),
          names: true,
          numeric: true,
          cell: ({ number }) => number,
        },
        {
          key: 'from',
          head: t('evidence.from'),
          tight: true,
          cell: ({ from }) => timeText(language, 'seconds', from),
        },
        {
          key: 'to',
          head: t('evidence.to'),
          tight: true,
          cell: ({ to }) => (to === null ? t('case.lasts') : timeText(language, 'seconds', to)),
        },
        { key: 'cell', head: t('coverage.near'), spare: true, cell: ({ cell }) => placeOf(cell) },
        {
          key: 'minutes',
          head: t('evidence.minutesShort'),
          numeric: true,
          cell: ({ lostMs }) => decimals(language, lostMs / 60_000, 1),
        },
        {
          key: 'signal',
          head: t('evidence.signal'),
          numeric: true,
          spare: 'phone',
          cell: ({ rsrpDbm }) => (rsrpDbm === null ? '–' : decimals(language, rsrpDbm, 1)),
        },
        {
          key: 'held',
          head: t('evidence.heldShort'),
          cell: ({ held }) => held.map(look.name).join(', '),
        },
      ]}
    />
  );
}

function DayTable({ days }: { readonly days: readonly EvidenceDay[] }) {
  const t = useWords();
  const language = useLanguage();
  const placeOf = usePlaceNames();
  return (
    <DataTable
      caption={t('evidence.days')}
      captionShown
      rows={days}
      rowKey={({ day, cell }) => `${day} ${cell}`}
      tall
      columns={[
        {
          key: 'day',
          head: t('column.day'),
          names: true,
          tight: true,
          cell: ({ day }) => timeText(language, 'day', `${day}T12:00Z`),
        },
        { key: 'cell', head: t('coverage.near'), cell: ({ cell }) => placeOf(cell) },
        {
          key: 'vehicles',
          head: t('column.vehicles'),
          numeric: true,
          cell: ({ vehicles }) => vehicles,
        },
        {
          key: 'minutes',
          head: t('evidence.minutesShort'),
          numeric: true,
          cell: ({ lostMs }) => decimals(language, lostMs / 60_000, 1),
        },
      ]}
    />
  );
}

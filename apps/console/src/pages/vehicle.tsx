// One vehicle: now, over time, what happened in words, and what is built into it.
import { Button } from '@digdir/designsystemet-react';
import type { NowCarrier, Vehicle, VehicleMission } from '@rmh/contract/api';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useGet, useMay, useOrganisations } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { useLiveVehicle } from '../api/live.ts';
import { useFilters } from '../app/search.ts';
import { useCarrierLook } from '../carriers.ts';
import { decimals, shareText, spanText, whenText } from '../format.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Segments } from '../parts/fields.tsx';
import { Answer, Facts, PageFrame, Panel } from '../parts/page.tsx';
import { CarrierMark, SimulatedMark, StateMark } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { DataBudget } from './data-budget.tsx';
import { NotesHere } from './notes-here.tsx';
import { VehicleConfiguration } from './vehicle-configuration.tsx';
import { VehicleDialog } from './vehicle-dialog.tsx';
import { HOURS, VehicleHistory } from './vehicle-history.tsx';
import { VehicleRequirements } from './vehicle-requirements.tsx';
import { VehicleTrack } from './vehicle-track.tsx';
import { VehicleUnit } from './vehicle-unit.tsx';

export function VehiclePage() {
  const t = useWords();
  const { vehicleId } = useParams({ strict: false }) as { vehicleId: string };
  const vehicle = useGet<Vehicle>(`/vehicles/${vehicleId}`, {}, { everyMs: 15_000 });
  const title = vehicle.data?.callSign ?? t('column.vehicle');
  return (
    <PageFrame
      title={title}
      aside={vehicle.data !== undefined && <Heading vehicle={vehicle.data} />}
      tools={
        <>
          <HoursChoice />
          {vehicle.data !== undefined && <ChangeVehicle vehicle={vehicle.data} />}
        </>
      }
    >
      <Answer of={vehicle}>{(data) => <Sections vehicle={data} />}</Answer>
    </PageFrame>
  );
}

function Sections({ vehicle }: { readonly vehicle: Vehicle }) {
  const t = useWords();
  const may = useMay();
  return (
    <div className="vehicle">
      <CarriersNow vehicle={vehicle} />
      <VehicleHistory vehicleId={vehicle.id} />
      <NotesHere panel title={t('experience.here')} query={{ vehicleId: vehicle.id }} />
      <div className="two">
        <VehicleUnit vehicle={vehicle} />
        {may('configuration.read') && vehicle.unitId !== null && (
          <VehicleConfiguration unitId={vehicle.unitId} />
        )}
      </div>
      {may('requirement.read') && <VehicleRequirements vehicle={vehicle} />}
      {may('track.read') && <VehicleTrack vehicleId={vehicle.id} />}
    </div>
  );
}

function Heading({ vehicle }: { readonly vehicle: Vehicle }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const live = useLiveVehicle(vehicle.id) ?? vehicle.live;
  const { data: tree } = useOrganisations();
  const organisation = tree?.find(({ id }) => id === vehicle.organisationId);
  return (
    <p className="page-aside">
      <StateMark state={live?.state ?? 'never'} />
      {live !== null && (
        <span className="quiet">
          {t('word.since')} {whenText(language, live.since, nowMs)}
        </span>
      )}
      <span className="quiet">
        {t(`kind.${vehicle.kind}`)}
        {vehicle.registration !== null && ` ${vehicle.registration}`} · {organisation?.name ?? '–'}
        {vehicle.stage !== 'in-operation' && ` · ${t(`stage.${vehicle.stage}`)}`}
      </span>
      {vehicle.simulated && <SimulatedMark />}
    </p>
  );
}

function ChangeVehicle({ vehicle }: { readonly vehicle: Vehicle }) {
  const t = useWords();
  const may = useMay();
  const [open, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  if (!may('vehicle.write')) return null;
  return (
    <>
      <Button variant="secondary" onClick={() => setOpen(true)}>
        {t('action.change')}
      </Button>
      {open && <VehicleDialog vehicle={vehicle} onSaved={close} onClose={close} />}
    </>
  );
}

function HoursChoice() {
  const t = useWords();
  const [filters, change] = useFilters();
  return (
    <Segments
      label={t('vehicle.span')}
      value={filters['hours'] ?? HOURS[0]}
      options={HOURS.map((hours) => ({ value: hours, label: t(`hours.${hours}`) }))}
      onChange={(hours) => change({ hours })}
    />
  );
}

function CarriersNow({ vehicle }: { readonly vehicle: Vehicle }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const look = useCarrierLook();
  const live = useLiveVehicle(vehicle.id) ?? vehicle.live;
  const mission = useGet<VehicleMission>(`/vehicles/${vehicle.id}/mission`, {}, { everyMs: 15_000 })
    .data?.mission;
  const carriers = live?.carriers ?? [];
  const budget: Column<NowCarrier> = {
    key: 'data',
    head: t('column.data'),
    cell: ({ data }) => <DataBudget data={data} />,
  };
  return (
    <Panel
      title={t('vehicle.now')}
      note={
        typeof live?.heardAt === 'string' &&
        t('vehicle.heard', {
          span: spanText(language, Math.max(0, nowMs - Date.parse(live.heardAt))),
        })
      }
    >
      <DataTable
        caption={t('vehicle.now')}
        rows={carriers}
        rowKey={({ link }) => link}
        empty={t('vehicle.neverHeard')}
        columns={[
          {
            key: 'carrier',
            head: t('column.carrier'),
            names: true,
            cell: ({ link, state }) => <CarrierMark name={look.name(link)} state={state} />,
          },
          { key: 'state', head: t('column.state'), cell: ({ state }) => t(`carrier.${state}`) },
          {
            key: 'since',
            head: t('column.since'),
            spare: 'phone',
            cell: ({ sinceMs }) => whenText(language, sinceMs, nowMs),
          },
          {
            key: 'rtt',
            head: t('column.rtt'),
            numeric: true,
            cell: ({ rttMs }) => (rttMs === null ? '–' : `${decimals(language, rttMs, 0)} ms`),
          },
          {
            key: 'loss',
            head: t('column.loss'),
            numeric: true,
            spare: 'phone',
            cell: ({ lossShare }) => shareText(language, lossShare),
          },
          {
            key: 'radio',
            head: t('column.radio'),
            spare: 'phone',
            cell: ({ radio }) =>
              radio === null
                ? '–'
                : `${RADIO_NAMES[radio.technology]}${
                    radio.rsrpDbm === null ? '' : ` · ${Math.round(radio.rsrpDbm)} dBm`
                  }`,
          },
          ...(carriers.some(({ data }) => data !== undefined) ? [budget] : []),
        ]}
      />
      <Facts
        of={[
          [
            t('vehicle.mission'),
            mission
              ? t('vehicle.missionUntil', {
                  urgency: t(`urgency.${mission.urgency}`),
                  until: whenText(language, mission.until, nowMs),
                })
              : '–',
          ],
          [t('column.gateway'), live?.gateway ?? '–'],
          [t('vehicle.waiting'), live?.waiting ?? '–'],
          [t('vehicle.software'), live?.softwareVersion ?? '–'],
          [t('vehicle.configurationVersion'), live?.configurationVersion ?? '–'],
        ]}
      />
      <p className="quiet">
        <Link to="/alarms" search={{ vehicleId: String(vehicle.id) }}>
          {t('vehicle.alarms')}
        </Link>
      </p>
    </Panel>
  );
}

const RADIO_NAMES = { gsm: '2G', umts: '3G', lte: '4G', nr: '5G' } as const;

// All vehicles: found by filter, read page by page, kept fresh by the live stream.

import { Button } from '@digdir/designsystemet-react';
import type { Vehicle } from '@rmh/contract/api';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay, useOrganisations, usePages } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { useLiveVehicle } from '../api/live.ts';
import { type Filters, useFilters } from '../app/search.ts';
import { useCarrierLook } from '../carriers.ts';
import { VEHICLE_STAGE_NAMES } from '../choices.ts';
import { whenText } from '../format.ts';
import { OrganisationChoice } from '../parts/choices.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Choice } from '../parts/fields.tsx';
import { Answer, PageFrame } from '../parts/page.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { CarrierMark, SimulatedMark, STATES_GRAVE_FIRST, StateMark } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { VehicleDialog } from './vehicle-dialog.tsx';

// The rows themselves follow the stream; new and removed vehicles may wait this long.
const EVERY_MS = 30_000;

export function VehiclesPage() {
  const t = useWords();
  const [filters, change] = useFilters();
  const { state, organisationId, carrierDown, stage, search, sort } = filters;
  const list = usePages<Vehicle>(
    '/vehicles',
    { limit: 100, state, organisationId, carrierDown, stage, search, sort },
    EVERY_MS,
  );
  return (
    <PageFrame
      title={t('page.vehicles')}
      tools={
        <>
          <VehicleFilters filters={filters} change={change} />
          <NewVehicle />
        </>
      }
    >
      <Answer of={{ data: list.items, error: list.error }}>
        {(vehicles) => <VehicleTable vehicles={vehicles} />}
      </Answer>
      {list.hasNextPage && (
        <p className="more">
          <Button
            variant="secondary"
            loading={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            {t('action.more')}
          </Button>
        </p>
      )}
    </PageFrame>
  );
}

function NewVehicle() {
  const t = useWords();
  const may = useMay();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const go = ({ id }: Vehicle): void => {
    void navigate({ to: '/vehicles/$vehicleId', params: { vehicleId: String(id) } });
  };
  if (!may('vehicle.write')) return null;
  return (
    <>
      <Button variant="secondary" onClick={() => setOpen(true)}>
        {t('vehicle.new')}
      </Button>
      {open && <VehicleDialog vehicle={null} onSaved={go} onClose={() => setOpen(false)} />}
    </>
  );
}

interface FiltersProps {
  readonly filters: Filters;
  readonly change: (change: Filters) => void;
}

function VehicleFilters({ filters, change }: FiltersProps) {
  const t = useWords();
  const look = useCarrierLook();
  const all = { value: '', label: t('filter.all') };
  return (
    <>
      <SearchField
        label={t('filter.search')}
        value={filters['search'] ?? ''}
        onChange={(search) => change({ search })}
      />
      <Choice
        label={t('column.state')}
        value={filters['state'] ?? ''}
        options={[
          all,
          ...STATES_GRAVE_FIRST.filter((state) => state !== 'never').map((state) => ({
            value: state,
            label: t(`state.${state}`),
          })),
        ]}
        onChange={(state) => change({ state })}
      />
      <OrganisationChoice
        value={filters['organisationId'] ?? ''}
        onChange={(organisationId) => change({ organisationId })}
      />
      <Choice
        label={t('filter.carrierDown')}
        value={filters['carrierDown'] ?? ''}
        options={[all, ...look.all.map(({ key, name }) => ({ value: key, label: name }))]}
        onChange={(carrierDown) => change({ carrierDown })}
      />
      <Choice
        label={t('column.stage')}
        value={filters['stage'] ?? ''}
        options={[
          all,
          ...VEHICLE_STAGE_NAMES.map((stage) => ({ value: stage, label: t(`stage.${stage}`) })),
        ]}
        onChange={(stage) => change({ stage })}
      />
      <Choice
        label={t('filter.sort')}
        value={filters['sort'] ?? 'callSign'}
        options={(['callSign', 'state', 'heardAt'] as const).map((sort) => ({
          value: sort,
          label: t(`sort.${sort}`),
        }))}
        onChange={(sort) => change({ sort })}
      />
    </>
  );
}

function VehicleTable({ vehicles }: { readonly vehicles: readonly Vehicle[] }) {
  const t = useWords();
  const { data: tree } = useOrganisations();
  const organisations = new Map(tree?.map(({ id, shortName }) => [id, shortName]));
  const columns: Column<Vehicle>[] = [
    { key: 'state', head: t('column.state'), cell: (one) => <LiveState vehicle={one} /> },
    {
      key: 'callSign',
      head: t('column.vehicle'),
      names: true,
      cell: ({ id, callSign, simulated }) => (
        <>
          <Link to="/vehicles/$vehicleId" params={{ vehicleId: String(id) }}>
            {callSign}
          </Link>{' '}
          {simulated && <SimulatedMark />}
        </>
      ),
    },
    {
      key: 'organisation',
      head: t('column.organisation'),
      spare: 'phone',
      cell: ({ organisationId }) => organisations.get(organisationId) ?? '–',
    },
    { key: 'kind', head: t('column.kind'), spare: true, cell: ({ kind }) => t(`kind.${kind}`) },
    { key: 'carriers', head: t('column.carriers'), cell: (one) => <LiveCarriers vehicle={one} /> },
    {
      key: 'since',
      head: t('column.since'),
      tight: true,
      cell: (one) => <LiveTime vehicle={one} what="since" />,
    },
    {
      key: 'heard',
      head: t('column.heard'),
      spare: true,
      cell: (one) => <LiveTime vehicle={one} what="heardAt" />,
    },
    {
      key: 'stage',
      head: t('column.stage'),
      spare: true,
      cell: ({ stage }) => t(`stage.${stage}`),
    },
  ];
  return (
    <DataTable
      caption={t('vehicles.caption')}
      columns={columns}
      rows={vehicles}
      rowKey={({ id }) => id}
      empty={t('vehicles.none')}
    />
  );
}

// Cells of their own, so that one vehicle's change redraws three cells and not the whole table.
function useNow(vehicle: Vehicle) {
  return useLiveVehicle(vehicle.id) ?? vehicle.live;
}

function LiveState({ vehicle }: { readonly vehicle: Vehicle }) {
  return <StateMark state={useNow(vehicle)?.state ?? 'never'} />;
}

function LiveCarriers({ vehicle }: { readonly vehicle: Vehicle }) {
  const look = useCarrierLook();
  return (
    <span className="row">
      {useNow(vehicle)?.carriers.map(({ link, state }) => (
        <CarrierMark key={link} name={look.name(link)} state={state} />
      ))}
    </span>
  );
}

function LiveTime(props: { readonly vehicle: Vehicle; readonly what: 'since' | 'heardAt' }) {
  const language = useLanguage();
  const nowMs = useNowMs();
  const at = useNow(props.vehicle)?.[props.what] ?? null;
  return at === null ? '–' : whenText(language, at, nowMs);
}

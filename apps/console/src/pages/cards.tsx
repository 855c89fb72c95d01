// All subscriptions, those that lie in a drawer too: where one is put into a vehicle or taken out.
import { Button } from '@digdir/designsystemet-react';
import type { Subscription } from '@rmh/contract/api';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useCarriers, useMay, useOrganisations, usePages } from '../api/api.ts';
import { useVehicleIndex } from '../api/vehicles.ts';
import { useFilters } from '../app/search.ts';
import { OrganisationChoice } from '../parts/choices.tsx';
import type { Column } from '../parts/data-table.tsx';
import { Choice } from '../parts/fields.tsx';
import { Answer, Panel } from '../parts/page.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { useWords } from '../words/words.ts';
import { SubscriptionDialog } from './subscription-dialog.tsx';
import { type OpenSubscription, RemoveSubscription, SubscriptionTable } from './subscriptions.tsx';

export function Cards() {
  const t = useWords();
  const may = useMay();
  const [{ search, carrierId, inVehicle, organisationId }] = useFilters();
  const query = { limit: 100, search, carrierId, inVehicle, organisationId };
  const list = usePages<Subscription>('/subscriptions', query);
  const [open, setOpen] = useState<OpenSubscription | null>(null);
  const close = (): void => setOpen(null);
  const find = (id: number | null) => list.items?.find((one) => one.id === id) ?? null;
  const columns = useWhereColumns();
  return (
    <Panel
      title={t('vehicle.subscriptions')}
      tools={
        <>
          <CardFilters />
          {may('vehicle.write') && (
            <Button variant="secondary" onClick={() => setOpen({ kind: 'edit', id: null })}>
              {t('subscription.new')}
            </Button>
          )}
        </>
      }
    >
      <Answer of={{ data: list.items, error: list.error }}>
        {(items) => (
          <SubscriptionTable
            items={items}
            empty={t('subscription.none')}
            more={columns}
            onOpen={may('vehicle.write') ? setOpen : null}
          />
        )}
      </Answer>
      {list.hasNextPage && (
        <p className="more">
          <Button variant="secondary" onClick={() => void list.fetchNextPage()}>
            {t('action.more')}
          </Button>
        </p>
      )}
      {open?.kind === 'edit' && (
        <SubscriptionDialog vehicle={null} subscription={find(open.id)} onClose={close} />
      )}
      {open?.kind === 'remove' && <RemoveSubscription subscription={open.one} onClose={close} />}
    </Panel>
  );
}

function CardFilters() {
  const t = useWords();
  const [filters, change] = useFilters();
  const { data: carriers = [] } = useCarriers();
  const all = { value: '', label: t('filter.all') };
  return (
    <>
      <SearchField
        label={t('subscription.search')}
        value={filters['search'] ?? ''}
        onChange={(search) => change({ search })}
      />
      <Choice
        label={t('subscription.where')}
        value={filters['inVehicle'] ?? ''}
        options={[
          all,
          { value: 'false', label: t('subscription.noVehicle') },
          { value: 'true', label: t('subscription.inVehicle') },
        ]}
        onChange={(inVehicle) => change({ inVehicle })}
      />
      <Choice
        label={t('column.carrier')}
        value={filters['carrierId'] ?? ''}
        options={[all, ...carriers.map(({ id, name }) => ({ value: String(id), label: name }))]}
        onChange={(carrierId) => change({ carrierId })}
      />
      <OrganisationChoice
        value={filters['organisationId'] ?? ''}
        onChange={(organisationId) => change({ organisationId })}
      />
    </>
  );
}

function useWhereColumns(): readonly Column<Subscription>[] {
  const t = useWords();
  const { byId } = useVehicleIndex();
  const { data: tree } = useOrganisations();
  return [
    {
      key: 'vehicle',
      head: t('column.vehicle'),
      cell: ({ vehicleId }) =>
        vehicleId === null ? (
          <span className="quiet">{t('subscription.noVehicle')}</span>
        ) : (
          <Link to="/vehicles/$vehicleId" params={{ vehicleId: String(vehicleId) }}>
            {byId.get(vehicleId)?.callSign ?? vehicleId}
          </Link>
        ),
    },
    {
      key: 'organisation',
      head: t('column.organisation'),
      spare: true,
      cell: ({ organisationId }) => tree?.find(({ id }) => id === organisationId)?.shortName ?? '–',
    },
  ];
}

// A new order: who, which vehicles, what for each of them; the cost of each trust follows along.

import '../style/orders.css';
import { Button } from '@digdir/designsystemet-react';
import type { CatalogueItem, Order, Organisation, Vehicle } from '@rmh/contract/api';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useAllPages, useOrganisations, useWrite } from '../api/api.ts';
import { kroneText } from '../format.ts';
import { costShares, type OrderedVehicle, vehiclesWithoutKit } from '../order-costs.ts';
import { OrganisationChoice, treeOrder } from '../parts/choices.tsx';
import { TextInput } from '../parts/fields.tsx';
import { Answer, Fault, PageFrame, Panel } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { CostTable } from './cost-table.tsx';
import { NewVehicles } from './new-vehicles.tsx';
import { VehicleChecks } from './vehicle-checks.tsx';

export function NewOrderPage() {
  const t = useWords();
  const tree = useOrganisations();
  const catalogue = useAllPages<CatalogueItem>('/catalogue');
  const error = tree.error ?? catalogue.error;
  const data = tree.data && catalogue.data && { tree: tree.data, catalogue: catalogue.data };
  return (
    <PageFrame title={t('orders.new')}>
      <Answer of={{ data, error }}>{(found) => <OrderForm {...found} />}</Answer>
    </PageFrame>
  );
}

/** The region of a coordinator; who sees several says which. */
function firstBuyer(tree: readonly Organisation[]): string {
  const first = treeOrder(tree)[0]?.organisation;
  return first === undefined || first.kind === 'national' ? '' : String(first.id);
}

/** What nearly every vehicle gets. */
const usual = (catalogue: readonly CatalogueItem[]): ReadonlySet<number> =>
  new Set(
    catalogue
      .filter(({ kind }) => kind === 'vehicle-kit' || kind === 'subscription')
      .map(({ id }) => id),
  );

interface OrderFormProps {
  readonly tree: readonly Organisation[];
  readonly catalogue: readonly CatalogueItem[];
}

function OrderForm({ tree, catalogue }: OrderFormProps) {
  const t = useWords();
  const navigate = useNavigate();
  const write = useWrite<Order>(['/orders', '/installations', '/vehicles']);
  // One key a form: sent again after a lost answer, it orders once.
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const [organisationId, setBuyer] = useState(() => firstBuyer(tree));
  const [chosen, choose] = useState<readonly OrderedVehicle[]>([]);
  const [items, setItems] = useState(() => usual(catalogue));
  const [reference, setReference] = useState('');
  const [wantedBy, setWanted] = useState('');
  const [note, setNote] = useState('');
  const ordered = catalogue.filter(({ id }) => items.has(id));
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const catalogueItemIds = ordered.map(({ id }) => id);
    const body = {
      organisationId: Number(organisationId),
      reference: reference.trim() === '' ? null : reference,
      wantedBy: wantedBy === '' ? null : wantedBy,
      note,
      vehicles: chosen.map(({ vehicleId, organisationId: own, callSign }) => ({
        vehicleId,
        newVehicle:
          vehicleId === null
            ? { organisationId: own, callSign, registration: null, kind: 'ambulance' }
            : null,
        catalogueItemIds,
      })),
    };
    const onSuccess = ({ id }: Order): void =>
      void navigate({ to: '/orders', search: { order: String(id) } });
    write.mutate({ path: '/orders', body, idempotencyKey }, { onSuccess });
  };
  return (
    <form className="order-form" onSubmit={submit}>
      <div>
        <Panel title={t('order.vehiclesWhich')}>
          <div className="row">
            <OrganisationChoice
              one
              label={t('order.buyer')}
              value={organisationId}
              onChange={(id) => {
                setBuyer(id);
                choose([]);
              }}
            />
          </div>
          {organisationId !== '' && (
            <>
              <KnownVehicles organisationId={organisationId} chosen={chosen} onChange={choose} />
              <NewVehicles chosen={chosen} onChange={choose} />
            </>
          )}
        </Panel>
        <ItemChecks catalogue={catalogue} items={items} onChange={setItems} />
      </div>
      <Panel title={t('order.costs')}>
        <CostTable shares={costShares(tree, chosen, ordered)} />
        <div className="form">
          <TextInput label={t('order.reference')} value={reference} onChange={setReference} />
          <TextInput
            label={t('order.wantedBy')}
            type="date"
            value={wantedBy}
            onChange={setWanted}
          />
          <TextInput label={t('order.note')} value={note} onChange={setNote} />
          {write.error !== null && <Fault error={write.error} />}
          <Button
            type="submit"
            loading={write.isPending}
            disabled={chosen.length === 0 || ordered.length === 0}
          >
            {t('order.place', { n: chosen.length })}
          </Button>
        </div>
      </Panel>
    </form>
  );
}

interface KnownVehiclesProps {
  readonly organisationId: string;
  readonly chosen: readonly OrderedVehicle[];
  readonly onChange: (chosen: readonly OrderedVehicle[]) => void;
}

function KnownVehicles({ organisationId, chosen, onChange }: KnownVehiclesProps) {
  const t = useWords();
  const [all, setAll] = useState(false);
  const vehicles = useAllPages<Vehicle>('/vehicles', { organisationId });
  const installations = useAllPages<{ vehicleId: number; state: string }>('/installations', {
    organisationId,
  });
  const error = vehicles.error ?? installations.error;
  const data = vehicles.data &&
    installations.data && { vehicles: vehicles.data, installations: installations.data };
  return (
    <>
      <label className="check">
        <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} />
        {t('order.vehiclesAll')}
      </label>
      <Answer of={{ data, error }}>
        {(found) => (
          <VehicleChecks
            vehicles={
              all ? found.vehicles : vehiclesWithoutKit(found.vehicles, found.installations)
            }
            chosen={chosen}
            onChange={onChange}
          />
        )}
      </Answer>
    </>
  );
}

interface ItemChecksProps {
  readonly catalogue: readonly CatalogueItem[];
  readonly items: ReadonlySet<number>;
  readonly onChange: (items: ReadonlySet<number>) => void;
}

function ItemChecks({ catalogue, items, onChange }: ItemChecksProps) {
  const t = useWords();
  const language = useLanguage();
  const toggle = (id: number): void => {
    const next = new Set(items);
    if (!next.delete(id)) next.add(id);
    onChange(next);
  };
  return (
    <Panel title={t('order.items')}>
      {catalogue.length === 0 && <p className="nothing">{t('catalogue.none')}</p>}
      <fieldset className="checks wide">
        <legend className="unseen">{t('order.items')}</legend>
        {catalogue.map(({ id, name, onceOre, monthlyOre }) => (
          <label key={id} className="check">
            <input type="checkbox" checked={items.has(id)} onChange={() => toggle(id)} />
            <span>
              {name}{' '}
              <span className="quiet">
                {kroneText(language, onceOre)}
                {monthlyOre > 0 && ` · ${t('order.monthly')} ${kroneText(language, monthlyOre)}`}
              </span>
            </span>
          </label>
        ))}
      </fieldset>
    </Panel>
  );
}

// A new subscription, or a change of one; a card may move to another vehicle, or out of all.

import { Button } from '@digdir/designsystemet-react';
import type { Subscription, Vehicle } from '@rmh/contract/api';
import { useState } from 'react';
import { useCarriers, useWrite } from '../api/api.ts';
import { useVehicleIndex } from '../api/vehicles.ts';
import { OrganisationChoice } from '../parts/choices.tsx';
import { Choice, ModalDialog, TextInput } from '../parts/fields.tsx';
import { SaveFault, useOpened } from '../parts/overtaken.tsx';
import { useWords } from '../words/words.ts';

interface SubscriptionDialogProps {
  /** Where a new one goes, and among whose neighbours an old one moves; null: anywhere. */
  readonly vehicle: Vehicle | null;
  /** Null: a new one. */
  readonly subscription: Subscription | null;
  readonly onClose: () => void;
}

export function SubscriptionDialog(props: SubscriptionDialogProps) {
  const { vehicle, subscription, onClose } = props;
  const t = useWords();
  // A row that another took away meanwhile is not made anew under the writer's hands.
  const [isNew] = useState(subscription === null);
  const blank = {
    id: 0,
    vehicleId: vehicle?.id ?? null,
    organisationId: vehicle?.organisationId ?? 0,
    carrierId: 0,
    iccid: '',
    priority: false,
    version: 0,
  };
  const [opened] = useState(subscription ?? blank);
  return (
    <ModalDialog
      title={t(isNew ? 'subscription.new' : 'subscription.change')}
      open
      onClose={onClose}
    >
      <SubscriptionForm vehicle={vehicle} now={subscription ?? opened} onDone={onClose} />
    </ModalDialog>
  );
}

interface SubscriptionFormProps {
  readonly vehicle: Vehicle | null;
  readonly now: Subscription;
  readonly onDone: () => void;
}

function SubscriptionForm({ vehicle, now, onDone }: SubscriptionFormProps) {
  const t = useWords();
  const { data: carriers = [] } = useCarriers();
  const write = useWrite(['/subscriptions']);
  const { opened, version } = useOpened(now, write.error);
  const [carrierId, setCarrier] = useState(String(opened.carrierId || ''));
  const [iccid, setIccid] = useState(opened.iccid);
  const [priority, setPriority] = useState(opened.priority);
  const [organisationId, setOrganisation] = useState(String(opened.organisationId || ''));
  const [vehicleId, setVehicle] = useState(String(opened.vehicleId ?? ''));
  const isNew = opened.id === 0;
  const isUnfinished = carrierId === '' || organisationId === '';
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const body = {
      vehicleId: vehicleId === '' ? null : Number(vehicleId),
      organisationId: Number(organisationId),
      carrierId: Number(carrierId),
      // Printed in groups on the card.
      iccid: iccid.replaceAll(/\s/g, ''),
      priority,
    };
    write.mutate(
      isNew
        ? { path: '/subscriptions', body }
        : { path: `/subscriptions/${opened.id}`, method: 'PUT', body, version },
      { onSuccess: onDone },
    );
  };
  return (
    <form className="form" onSubmit={submit}>
      <Choice
        label={t('column.carrier')}
        value={carrierId}
        options={[
          { value: '', label: t('filter.choose') },
          ...carriers.map(({ id, name }) => ({ value: String(id), label: name })),
        ]}
        onChange={setCarrier}
      />
      <TextInput
        label="ICCID"
        hint={t('subscription.iccidHint')}
        pattern="(\s*\d){18,20}\s*"
        value={iccid}
        onChange={setIccid}
        required
      />
      <label className="check">
        <input type="checkbox" checked={priority} onChange={() => setPriority(!priority)} />
        {t('subscription.priority')}
      </label>
      {vehicle === null && (
        <OrganisationChoice
          one
          value={organisationId}
          onChange={(next) => {
            setOrganisation(next);
            setVehicle('');
          }}
        />
      )}
      {(vehicle === null || !isNew) && (
        <VehicleChoice of={organisationId} value={vehicleId} onChange={setVehicle} />
      )}
      <SaveFault error={write.error} fields={useFields(opened, now)} />
      <Button type="submit" loading={write.isPending} disabled={isUnfinished}>
        {t('action.save')}
      </Button>
    </form>
  );
}

interface VehicleChoiceProps {
  /** The organisation. */
  readonly of: string;
  readonly value: string;
  readonly onChange: (vehicleId: string) => void;
}

/** A card belongs to the organisation of the vehicle that it is in. */
function VehicleChoice({ of, value, onChange }: VehicleChoiceProps) {
  const t = useWords();
  const { byId } = useVehicleIndex();
  const near = [...byId.values()].filter(({ organisationId }) => String(organisationId) === of);
  return (
    <Choice
      label={t('column.vehicle')}
      value={value}
      options={[
        { value: '', label: t('subscription.noVehicle') },
        ...near.map(({ id, callSign }) => ({ value: String(id), label: callSign })),
      ]}
      onChange={onChange}
    />
  );
}

function useFields(opened: Subscription, now: Subscription) {
  const t = useWords();
  const { data: carriers } = useCarriers();
  const { byId } = useVehicleIndex();
  const carrierOf = (one: Subscription): string =>
    carriers?.find(({ id }) => id === one.carrierId)?.name ?? '–';
  const vehicleOf = ({ vehicleId }: Subscription): string =>
    byId.get(vehicleId ?? 0)?.callSign ?? '–';
  const priorityOf = ({ priority }: Subscription): string => t(priority ? 'word.yes' : 'word.no');
  return [
    [t('column.carrier'), carrierOf(opened), carrierOf(now)],
    ['ICCID', opened.iccid, now.iccid],
    [t('column.priority'), priorityOf(opened), priorityOf(now)],
    [t('column.vehicle'), vehicleOf(opened), vehicleOf(now)],
  ] as const;
}

// A new vehicle, or a change of one.

import { Button } from '@digdir/designsystemet-react';
import type { Vehicle } from '@rmh/contract/api';
import { useState } from 'react';
import { useOrganisations, useWrite } from '../api/api.ts';
import { VEHICLE_KIND_NAMES, VEHICLE_STAGE_NAMES } from '../choices.ts';
import { OrganisationChoice } from '../parts/choices.tsx';
import { Choice, ModalDialog, TextInput } from '../parts/fields.tsx';
import { SaveFault, useOpened } from '../parts/overtaken.tsx';
import { useWords } from '../words/words.ts';

const NEW = {
  id: 0,
  organisationId: 0,
  callSign: '',
  registration: null,
  kind: 'ambulance',
  stage: 'planned',
  simulated: false,
  unitId: null,
  live: null,
  version: 0,
} as const satisfies Vehicle;

interface VehicleDialogProps {
  /** Null: a new one. */
  readonly vehicle: Vehicle | null;
  readonly onSaved: (vehicle: Vehicle) => void;
  readonly onClose: () => void;
}

export function VehicleDialog({ vehicle, onSaved, onClose }: VehicleDialogProps) {
  const t = useWords();
  return (
    <ModalDialog
      title={vehicle === null ? t('vehicle.new') : t('vehicle.change', { name: vehicle.callSign })}
      open
      onClose={onClose}
    >
      <VehicleForm now={vehicle ?? NEW} onSaved={onSaved} />
    </ModalDialog>
  );
}

interface VehicleFormProps {
  readonly now: Vehicle;
  readonly onSaved: (vehicle: Vehicle) => void;
}

function VehicleForm({ now, onSaved }: VehicleFormProps) {
  const t = useWords();
  const write = useWrite<Vehicle>(['/vehicles', '/units', '/subscriptions']);
  const { opened, version } = useOpened(now, write.error);
  const [callSign, setCallSign] = useState(opened.callSign);
  const [registration, setRegistration] = useState(opened.registration ?? '');
  const [kind, setKind] = useState<Vehicle['kind']>(opened.kind);
  const [stage, setStage] = useState<Vehicle['stage']>(opened.stage);
  const [organisationId, setOrganisation] = useState(String(opened.organisationId || ''));
  const moves = opened.id > 0 && organisationId !== String(opened.organisationId);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const body = {
      organisationId: Number(organisationId),
      callSign,
      registration: registration.trim() === '' ? null : registration,
      kind,
      stage,
    };
    write.mutate(
      opened.id === 0
        ? { path: '/vehicles', body }
        : { path: `/vehicles/${opened.id}`, method: 'PUT', body, version },
      { onSuccess: onSaved },
    );
  };
  return (
    <form className="form" onSubmit={submit}>
      <TextInput label={t('column.callSign')} value={callSign} onChange={setCallSign} required />
      <TextInput label={t('column.registration')} value={registration} onChange={setRegistration} />
      <Choice
        label={t('column.kind')}
        value={kind}
        options={VEHICLE_KIND_NAMES.map((one) => ({ value: one, label: t(`kind.${one}`) }))}
        onChange={setKind}
      />
      <Choice
        label={t('column.stage')}
        value={stage}
        options={VEHICLE_STAGE_NAMES.map((one) => ({ value: one, label: t(`stage.${one}`) }))}
        onChange={setStage}
      />
      <OrganisationChoice one value={organisationId} onChange={setOrganisation} />
      {moves && <p role="status">{t('vehicle.moves')}</p>}
      <SaveFault error={write.error} fields={useFields(opened, now)} />
      <Button type="submit" loading={write.isPending} disabled={organisationId === ''}>
        {t('action.save')}
      </Button>
    </form>
  );
}

function useFields(opened: Vehicle, now: Vehicle) {
  const t = useWords();
  const { data: tree } = useOrganisations();
  const nameOf = (id: number): string => tree?.find((one) => one.id === id)?.name ?? '–';
  return [
    [t('column.callSign'), opened.callSign, now.callSign],
    [t('column.registration'), opened.registration ?? '–', now.registration ?? '–'],
    [t('column.kind'), t(`kind.${opened.kind}`), t(`kind.${now.kind}`)],
    [t('column.stage'), t(`stage.${opened.stage}`), t(`stage.${now.stage}`)],
    [t('column.organisation'), nameOf(opened.organisationId), nameOf(now.organisationId)],
  ] as const;
}

// A new unit, or a change of one: into another vehicle, onto the shelf, or what was entered wrong.

import { Button } from '@digdir/designsystemet-react';
import type { Unit } from '@rmh/contract/api';
import { useState } from 'react';
import { useWrite } from '../api/api.ts';
import { useVehicleIndex } from '../api/vehicles.ts';
import { OrganisationChoice } from '../parts/choices.tsx';
import { Choice, ModalDialog, TextInput } from '../parts/fields.tsx';
import { SaveFault, useOpened } from '../parts/overtaken.tsx';
import { useWords } from '../words/words.ts';

type Written = Pick<
  Unit,
  'id' | 'organisationId' | 'vehicleId' | 'serial' | 'model' | 'state' | 'version'
>;
const NEW: Written = {
  id: 0,
  organisationId: 0,
  vehicleId: null,
  serial: '',
  model: null,
  state: 'awaited',
  version: 0,
};

interface UnitDialogProps {
  /** Null: a new one. */
  readonly unit: Unit | null;
  readonly onClose: () => void;
}

export function UnitDialog({ unit, onClose }: UnitDialogProps) {
  const t = useWords();
  const title = unit === null ? t('unit.new') : t('unit.change', { serial: unit.serial });
  return (
    <ModalDialog title={title} open onClose={onClose}>
      <UnitForm now={unit ?? NEW} onDone={onClose} />
    </ModalDialog>
  );
}

interface UnitFormProps {
  readonly now: Written;
  readonly onDone: () => void;
}

function UnitForm({ now, onDone }: UnitFormProps) {
  const t = useWords();
  const write = useWrite(['/units', '/vehicles']);
  const { opened, version } = useOpened(now, write.error);
  const [serial, setSerial] = useState(opened.serial);
  const [model, setModel] = useState(opened.model ?? '');
  const [organisationId, setOrganisation] = useState(String(opened.organisationId || ''));
  const [vehicleId, setVehicle] = useState(String(opened.vehicleId ?? ''));
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const body = {
      organisationId: Number(organisationId),
      vehicleId: vehicleId === '' ? null : Number(vehicleId),
      serial: serial.trim(),
      model: model.trim() === '' ? null : model.trim(),
    };
    write.mutate(
      opened.id === 0
        ? { path: '/units', body }
        : { path: `/units/${opened.id}`, method: 'PUT', body, version },
      { onSuccess: onDone },
    );
  };
  return (
    <form className="form" onSubmit={submit}>
      {opened.state !== 'enrolled' && (
        <TextInput label={t('column.serial')} value={serial} onChange={setSerial} required />
      )}
      <TextInput label={t('column.model')} value={model} onChange={setModel} />
      <OrganisationChoice
        one
        value={organisationId}
        onChange={(next) => {
          setOrganisation(next);
          setVehicle('');
        }}
      />
      <FreeVehicleChoice
        organisationId={organisationId}
        unitId={opened.id}
        value={vehicleId}
        onChange={setVehicle}
      />
      <SaveFault error={write.error} fields={useFields(opened, now)} />
      <Button type="submit" loading={write.isPending} disabled={organisationId === ''}>
        {t('action.save')}
      </Button>
    </form>
  );
}

interface FreeVehicleChoiceProps {
  readonly organisationId: string;
  /** The vehicle that it is in is offered too. */
  readonly unitId: number;
  readonly value: string;
  readonly onChange: (vehicleId: string) => void;
}

function FreeVehicleChoice(props: FreeVehicleChoiceProps) {
  const { organisationId, unitId, value, onChange } = props;
  const t = useWords();
  const { byId } = useVehicleIndex();
  const free = [...byId.values()].filter(
    (one) =>
      (one.unitId === null || one.unitId === unitId) &&
      String(one.organisationId) === organisationId,
  );
  return (
    <Choice
      label={t('column.vehicle')}
      value={value}
      options={[
        { value: '', label: t('unit.noVehicle') },
        ...free.map(({ id, callSign }) => ({ value: String(id), label: callSign })),
      ]}
      onChange={onChange}
    />
  );
}

function useFields(opened: Written, now: Written) {
  const t = useWords();
  const { byId } = useVehicleIndex();
  const vehicleOf = ({ vehicleId }: Written): string => byId.get(vehicleId ?? 0)?.callSign ?? '–';
  return [
    [t('column.serial'), opened.serial, now.serial],
    [t('column.model'), opened.model ?? '–', now.model ?? '–'],
    [t('column.vehicle'), vehicleOf(opened), vehicleOf(now)],
    [t('column.state'), t(`unit.${opened.state}`), t(`unit.${now.state}`)],
  ] as const;
}

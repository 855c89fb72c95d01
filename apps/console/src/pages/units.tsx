import { Button } from '@digdir/designsystemet-react';
import type { Unit } from '@rmh/contract/api';
import { useState } from 'react';
import { usePages, useWrite } from '../api/api.ts';
import { useVehicleIndex } from '../api/vehicles.ts';
import { OrganisationChoice } from '../parts/choices.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Choice, ModalDialog, TextInput } from '../parts/fields.tsx';
import { Answer, Fault, Panel } from '../parts/page.tsx';
import { Marked, type Tone } from '../parts/status.tsx';
import { useWords } from '../words/words.ts';
import { ReplaceDialog } from './replace-unit.tsx';
import { UnitActions } from './unit-actions.tsx';

const STATE_TONES: Readonly<Record<Unit['state'], Tone>> = {
  awaited: 'unknown',
  enrolled: 'good',
  revoked: 'off',
};

export function Units() {
  const t = useWords();
  const list = usePages<Unit>('/units', { limit: 100 });
  const [chosen, setChosen] = useState<number | null>(null);
  const [making, setMaking] = useState(false);
  const [replaced, setReplaced] = useState<Unit | null>(null);
  const unit = list.items?.find(({ id }) => id === chosen);
  return (
    <Panel
      title={t('admin.units')}
      note={t('unit.note')}
      tools={
        <Button variant="secondary" onClick={() => setMaking(true)}>
          {t('unit.new')}
        </Button>
      }
    >
      {unit !== undefined && (
        <section className="chosen-unit" aria-label={unit.serial}>
          <h3>{t('unit.chosen', { serial: unit.serial })}</h3>
          <UnitActions key={unit.id} unit={unit} onReplace={() => setReplaced(unit)} />
        </section>
      )}
      <Answer of={{ data: list.items, error: list.error }}>
        {(units) => <UnitTable units={units} chosen={chosen} onChoose={setChosen} />}
      </Answer>
      {list.hasNextPage && (
        <p className="more">
          <Button variant="secondary" onClick={() => void list.fetchNextPage()}>
            {t('action.more')}
          </Button>
        </p>
      )}
      {making && <NewUnit onClose={() => setMaking(false)} />}
      {replaced !== null && <ReplaceDialog unit={replaced} onClose={() => setReplaced(null)} />}
    </Panel>
  );
}

interface UnitTableProps {
  readonly units: readonly Unit[];
  readonly chosen: number | null;
  readonly onChoose: (id: number | null) => void;
}

function UnitTable({ units, chosen, onChoose }: UnitTableProps) {
  const t = useWords();
  const { byId } = useVehicleIndex();
  return (
    <DataTable
      caption={t('admin.units')}
      rows={units}
      rowKey={({ id }) => id}
      isChosen={({ id }) => id === chosen}
      empty={t('unit.none')}
      columns={[
        {
          key: 'serial',
          head: t('column.serial'),
          names: true,
          cell: ({ id, serial }) => (
            <button
              type="button"
              className="link"
              aria-expanded={id === chosen}
              onClick={() => onChoose(id === chosen ? null : id)}
            >
              {serial}
            </button>
          ),
        },
        {
          key: 'state',
          head: t('column.state'),
          cell: ({ state }) => <Marked tone={STATE_TONES[state]}>{t(`unit.${state}`)}</Marked>,
        },
        {
          key: 'vehicle',
          head: t('column.vehicle'),
          cell: ({ vehicleId }) =>
            vehicleId === null ? '–' : (byId.get(vehicleId)?.callSign ?? vehicleId),
        },
        { key: 'model', head: t('column.model'), spare: true, cell: ({ model }) => model ?? '–' },
        {
          key: 'software',
          head: t('vehicle.software'),
          spare: true,
          cell: ({ softwareVersion }) => softwareVersion ?? '–',
        },
      ]}
    />
  );
}

function NewUnit({ onClose }: { readonly onClose: () => void }) {
  const t = useWords();
  const { byId } = useVehicleIndex();
  const [serial, setSerial] = useState('');
  const [organisationId, setOrganisation] = useState('');
  const [vehicleId, setVehicle] = useState('');
  const write = useWrite(['/units', '/vehicles']);
  const free = [...byId.values()].filter(
    (one) => one.unitId === null && String(one.organisationId) === organisationId,
  );
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const body = {
      organisationId: Number(organisationId),
      vehicleId: vehicleId === '' ? null : Number(vehicleId),
      serial: serial.trim(),
      model: null,
    };
    write.mutate({ path: '/units', body }, { onSuccess: onClose });
  };
  return (
    <ModalDialog title={t('unit.new')} open onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextInput label={t('column.serial')} value={serial} onChange={setSerial} required />
        <OrganisationChoice one value={organisationId} onChange={setOrganisation} />
        <Choice
          label={t('column.vehicle')}
          value={vehicleId}
          options={[
            { value: '', label: t('unit.noVehicle') },
            ...free.map(({ id, callSign }) => ({ value: String(id), label: callSign })),
          ]}
          onChange={setVehicle}
        />
        {write.error !== null && <Fault error={write.error} />}
        <Button type="submit" loading={write.isPending} disabled={organisationId === ''}>
          {t('action.save')}
        </Button>
      </form>
    </ModalDialog>
  );
}

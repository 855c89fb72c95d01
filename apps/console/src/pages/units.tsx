import { Button } from '@digdir/designsystemet-react';
import type { Unit } from '@rmh/contract/api';
import { useState } from 'react';
import { useMay, usePages } from '../api/api.ts';
import { useVehicleIndex } from '../api/vehicles.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Answer, Panel } from '../parts/page.tsx';
import { Marked, type Tone } from '../parts/status.tsx';
import { useWords } from '../words/words.ts';
import { ReplaceDialog } from './replace-unit.tsx';
import { UnitActions } from './unit-actions.tsx';
import { UnitDialog } from './unit-dialog.tsx';

const STATE_TONES: Readonly<Record<Unit['state'], Tone>> = {
  awaited: 'unknown',
  enrolled: 'good',
  revoked: 'off',
};

export function Units() {
  const t = useWords();
  const may = useMay();
  const list = usePages<Unit>('/units', { limit: 100 });
  const [chosen, setChosen] = useState<number | null>(null);
  const [edited, setEdited] = useState<'new' | 'chosen' | null>(null);
  const [replaced, setReplaced] = useState<Unit | null>(null);
  const unit = list.items?.find(({ id }) => id === chosen);
  return (
    <Panel
      title={t('admin.units')}
      note={t('unit.note')}
      tools={
        <Button variant="secondary" onClick={() => setEdited('new')}>
          {t('unit.new')}
        </Button>
      }
    >
      {unit !== undefined && (
        <section className="chosen-unit" aria-label={unit.serial}>
          <h3>{t('unit.chosen', { serial: unit.serial })}</h3>
          <UnitActions
            key={unit.id}
            unit={unit}
            onReplace={() => setReplaced(unit)}
            {...(may('vehicle.write') && { onChange: () => setEdited('chosen') })}
          />
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
      {(edited === 'new' || (edited === 'chosen' && unit !== undefined)) && (
        <UnitDialog
          unit={edited === 'new' ? null : (unit ?? null)}
          onClose={() => setEdited(null)}
        />
      )}
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

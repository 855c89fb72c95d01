// Layers, from the national baseline down to one unit: who says what, what is locked, and the
// rollouts that bring it to the vehicles.

import { Button } from '@digdir/designsystemet-react';
import type { Layer, Page } from '@rmh/contract/api';
import { useState } from 'react';
import { useGet, useMay, useOrganisations } from '../api/api.ts';
import { useFilters } from '../app/search.ts';
import { LAYER_KIND_NAMES, VEHICLE_KIND_NAMES } from '../choices.ts';
import { CONFIGURATION_FIELDS, valueText } from '../configuration-fields.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Segments } from '../parts/fields.tsx';
import { Answer, PageFrame, Panel } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { LayerEditor } from './layer-editor.tsx';
import { LayerVersions } from './layer-versions.tsx';
import { NewLayer } from './new-layer.tsx';
import { NotesHere } from './notes-here.tsx';
import { Rollouts } from './rollouts.tsx';

export function ConfigurationPage() {
  const t = useWords();
  const [filters, change] = useFilters();
  const view = filters['view'] === 'rollouts' ? 'rollouts' : 'layers';
  return (
    <PageFrame
      title={t('page.configuration')}
      tools={
        <Segments
          label={t('alarms.view')}
          value={view}
          options={[
            { value: 'layers', label: t('configuration.layers') },
            { value: 'rollouts', label: t('configuration.rollouts') },
          ]}
          onChange={(next) => change({ view: next === 'rollouts' ? next : undefined })}
        />
      }
    >
      {view === 'rollouts' ? <Rollouts /> : <Layers />}
    </PageFrame>
  );
}

function Layers() {
  const t = useWords();
  const layers = useGet<Page<Layer>>('/configuration/layers', { limit: 500 });
  const [filters, change] = useFilters();
  const may = useMay();
  const [making, setMaking] = useState(false);
  // A layer that was made just now is empty: its writer goes on to what it gives.
  const [madeId, setMade] = useState<number | null>(null);
  const chosenId = Number(filters['layer'] ?? 0);
  const onMade = ({ id }: Layer): void => {
    setMaking(false);
    setMade(id);
    change({ layer: String(id) });
  };
  return (
    <Answer of={layers}>
      {({ items }) => {
        const chosen = items.find(({ id }) => id === chosenId);
        return (
          <div className={chosen === undefined ? undefined : 'with-detail'}>
            <Panel
              title={t('configuration.layers')}
              note={t('configuration.layersNote')}
              tools={
                may('configuration.write') && (
                  <Button variant="secondary" onClick={() => setMaking(true)}>
                    {t('configuration.newLayer')}
                  </Button>
                )
              }
            >
              <LayerTable
                layers={items}
                chosenId={chosenId}
                onChoose={(id) => change({ layer: id === chosenId ? undefined : String(id) })}
              />
            </Panel>
            {chosen !== undefined && (
              <ChosenLayer
                key={chosen.id}
                layer={chosen}
                isNew={chosen.id === madeId}
                onClose={() => change({ layer: undefined })}
              />
            )}
            {making && <NewLayer layers={items} onMade={onMade} onClose={() => setMaking(false)} />}
          </div>
        );
      }}
    </Answer>
  );
}

interface LayerTableProps {
  readonly layers: readonly Layer[];
  readonly chosenId: number;
  readonly onChoose: (id: number) => void;
}

const orderOf = ({ kind }: Layer): number => LAYER_KIND_NAMES.indexOf(kind);

/** A vehicle kind in the reader's words; the rest are names. */
function useLayerName(): (layer: Layer) => string {
  const t = useWords();
  const { data: tree } = useOrganisations();
  return ({ name, organisationId, vehicleKind }) => {
    const kind = VEHICLE_KIND_NAMES.find((one) => one === vehicleKind);
    if (kind === undefined) return name;
    const where = tree?.find(({ id }) => id === organisationId)?.shortName ?? '–';
    return `${t(`kind.${kind}`)} · ${where}`;
  };
}

function LayerTable({ layers, chosenId, onChoose }: LayerTableProps) {
  const t = useWords();
  const language = useLanguage();
  const nameOf = useLayerName();
  const rows = layers.toSorted(
    (a, b) => orderOf(a) - orderOf(b) || a.name.localeCompare(b.name, 'nb'),
  );
  return (
    <DataTable
      caption={t('configuration.layers')}
      rows={rows}
      rowKey={({ id }) => id}
      isChosen={({ id }) => id === chosenId}
      empty={t('configuration.noLayers')}
      columns={[
        {
          key: 'kind',
          head: t('column.layer'),
          cell: ({ kind }) => t(`layer.${kind}`),
        },
        {
          key: 'name',
          head: t('column.applies'),
          names: true,
          cell: (layer) => (
            <button
              type="button"
              className="link"
              aria-expanded={layer.id === chosenId}
              onClick={() => onChoose(layer.id)}
            >
              {nameOf(layer)}
            </button>
          ),
        },
        {
          key: 'values',
          head: t('column.settings'),
          cell: ({ values, locked }) => (
            <ul className="settings">
              {CONFIGURATION_FIELDS.filter((field) => values[field] !== undefined).map((field) => (
                <li key={field}>
                  {t(`setting.${field}`)}: {valueText(language, field, values[field])}
                  {locked.includes(field) && <em> · {t('configuration.locked')}</em>}
                </li>
              ))}
            </ul>
          ),
        },
        {
          key: 'version',
          head: t('column.version'),
          numeric: true,
          cell: ({ version }) => version,
        },
      ]}
    />
  );
}

interface ChosenLayerProps {
  readonly layer: Layer;
  /** Opens its form at once. */
  readonly isNew: boolean;
  readonly onClose: () => void;
}

function ChosenLayer({ layer, isNew, onClose }: ChosenLayerProps) {
  const t = useWords();
  const may = useMay();
  const nameOf = useLayerName();
  const [editing, setEditing] = useState(isNew);
  return (
    <Panel
      title={nameOf(layer)}
      className="detail"
      tools={
        <Button variant="tertiary" onClick={onClose}>
          {t('action.close')}
        </Button>
      }
    >
      {layer.note !== '' && <p>{layer.note}</p>}
      {may('configuration.write') && !editing && (
        <Button variant="secondary" onClick={() => setEditing(true)}>
          {t('action.change')}
        </Button>
      )}
      {editing && <LayerEditor layer={layer} onDone={() => setEditing(false)} />}
      <NotesHere title={t('experience.behind')} query={{ changedLayerId: layer.id }} />
      <LayerVersions layer={layer} />
    </Panel>
  );
}

// A new layer of the configuration. It is empty: what it gives is written afterwards, with a
// reason. Only what has no layer yet is offered.

import { Button } from '@digdir/designsystemet-react';
import type { Layer, LayerCreate, Organisation, Vehicle } from '@rmh/contract/api';
import { useState } from 'react';
import { useOrganisations, useWrite } from '../api/api.ts';
import { useVehicleIndex } from '../api/vehicles.ts';
import { LAYER_KIND_NAMES, VEHICLE_KIND_NAMES } from '../choices.ts';
import { Choice, ModalDialog } from '../parts/fields.tsx';
import { Fault } from '../parts/page.tsx';
import { useWords } from '../words/words.ts';

interface NewLayerProps {
  readonly layers: readonly Layer[];
  readonly onMade: (layer: Layer) => void;
  readonly onClose: () => void;
}

export function NewLayer({ layers, onMade, onClose }: NewLayerProps) {
  const t = useWords();
  const { data: tree = [] } = useOrganisations();
  const { byId } = useVehicleIndex();
  const [kind, setKind] = useState<Layer['kind']>('kind');
  const [organisationId, setOrganisation] = useState('');
  const [vehicleKind, setVehicleKind] = useState<Vehicle['kind']>('ambulance');
  const [vehicleId, setVehicle] = useState('');
  const write = useWrite<Layer>(['/configuration']);
  const places = tree.filter((one) => mayLie(kind, one, layers));
  const vehicles = [...byId.values()].filter(
    (one) =>
      String(one.organisationId) === organisationId &&
      one.unitId !== null &&
      !layers.some(({ unitId }) => unitId === one.unitId),
  );
  const unitId = byId.get(Number(vehicleId))?.unitId ?? null;
  const body: LayerCreate = {
    kind,
    organisationId: Number(organisationId),
    vehicleKind: kind === 'kind' ? vehicleKind : null,
    unitId: kind === 'unit' ? unitId : null,
  };
  const isThere = layers.some((one) => isSame(one, body));
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    write.mutate({ path: '/configuration/layers', body }, { onSuccess: onMade });
  };
  return (
    <ModalDialog title={t('configuration.newLayer')} open onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <Choice
          label={t('column.layer')}
          value={kind}
          options={LAYER_KIND_NAMES.map((one) => ({ value: one, label: t(`layer.${one}`) }))}
          onChange={(next) => {
            setKind(next);
            setOrganisation('');
          }}
        />
        <Choice
          label={t('column.organisation')}
          value={organisationId}
          options={[
            { value: '', label: t('filter.choose') },
            ...places.map(({ id, name }) => ({ value: String(id), label: name })),
          ]}
          onChange={(next) => {
            setOrganisation(next);
            setVehicle('');
          }}
        />
        {places.length === 0 && <p role="status">{t('configuration.allHaveLayers')}</p>}
        {kind === 'kind' && (
          <Choice
            label={t('layer.kind')}
            value={vehicleKind}
            options={VEHICLE_KIND_NAMES.map((one) => ({ value: one, label: t(`kind.${one}`) }))}
            onChange={setVehicleKind}
          />
        )}
        {kind === 'unit' && (
          <Choice
            label={t('column.vehicle')}
            value={vehicleId}
            options={[
              { value: '', label: t('filter.choose') },
              ...vehicles.map(({ id, callSign }) => ({ value: String(id), label: callSign })),
            ]}
            onChange={setVehicle}
          />
        )}
        {isThere && <p role="status">{t('configuration.isThere')}</p>}
        {write.error !== null && <Fault error={write.error} />}
        <Button
          type="submit"
          loading={write.isPending}
          disabled={isThere || organisationId === '' || (kind === 'unit' && unitId === null)}
        >
          {t('action.make')}
        </Button>
      </form>
    </ModalDialog>
  );
}

/** Layers of the nation, a region and a trust lie at such an organisation, one at each. */
function mayLie(kind: Layer['kind'], place: Organisation, layers: readonly Layer[]): boolean {
  if (kind === 'kind' || kind === 'unit') return true;
  if (place.kind !== kind) return false;
  return !layers.some((one) => one.kind === kind && one.organisationId === place.id);
}

function isSame(one: Layer, body: LayerCreate): boolean {
  return (
    one.kind === body.kind &&
    one.organisationId === body.organisationId &&
    one.vehicleKind === body.vehicleKind &&
    one.unitId === body.unitId
  );
}

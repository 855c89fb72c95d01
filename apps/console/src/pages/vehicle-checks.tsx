import type { Vehicle } from '@rmh/contract/api';
import { useState } from 'react';
import { useOrganisations } from '../api/api.ts';
import type { OrderedVehicle } from '../order-costs.ts';
import { TextInput } from '../parts/fields.tsx';
import { useWords } from '../words/words.ts';

interface VehicleChecksProps {
  readonly vehicles: readonly Vehicle[];
  readonly chosen: readonly OrderedVehicle[];
  readonly onChange: (chosen: readonly OrderedVehicle[]) => void;
}

// More boxes than this are looked through by name: a screen of a laptop holds sixty.
const SHOWN_MOST = 60;

/** The vehicles as boxes to tick; one that is ticked stays, whatever is searched for. */
export function VehicleChecks({ vehicles, chosen, onChange }: VehicleChecksProps) {
  const t = useWords();
  const { data: tree } = useOrganisations();
  const [search, setSearch] = useState('');
  const names = new Map(tree?.map(({ id, shortName }) => [id, shortName]));
  const ticked = new Set(chosen.map(({ vehicleId }) => vehicleId));
  const found = vehicles.filter(
    ({ id, callSign }) =>
      ticked.has(id) || callSign.toLowerCase().includes(search.trim().toLowerCase()),
  );
  const shown = found.filter(({ id }, at) => at < SHOWN_MOST || ticked.has(id));
  const toggle = ({ id, callSign, organisationId }: Vehicle): void =>
    onChange(
      ticked.has(id)
        ? chosen.filter(({ vehicleId }) => vehicleId !== id)
        : [...chosen, { vehicleId: id, callSign, organisationId }],
    );
  if (vehicles.length === 0) return <p className="nothing">{t('order.vehiclesNone')}</p>;
  return (
    <>
      {vehicles.length > SHOWN_MOST && (
        <TextInput label={t('filter.search')} type="search" value={search} onChange={setSearch} />
      )}
      <fieldset className="checks">
        <legend className="unseen">{t('order.vehiclesWhich')}</legend>
        {shown.map((vehicle) => (
          <label key={vehicle.id} className="check">
            <input
              type="checkbox"
              checked={ticked.has(vehicle.id)}
              onChange={() => toggle(vehicle)}
            />
            <span>
              {vehicle.callSign}{' '}
              <span className="quiet">{names.get(vehicle.organisationId) ?? ''}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </>
  );
}

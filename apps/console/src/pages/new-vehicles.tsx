import { Button } from '@digdir/designsystemet-react';
import { useState } from 'react';
import type { OrderedVehicle } from '../order-costs.ts';
import { OrganisationChoice } from '../parts/choices.tsx';
import { TextInput } from '../parts/fields.tsx';
import { useWords } from '../words/words.ts';

interface NewVehiclesProps {
  readonly chosen: readonly OrderedVehicle[];
  readonly onChange: (chosen: readonly OrderedVehicle[]) => void;
}

/** Vehicles that nobody has registered yet: planned from the moment of the order. */
export function NewVehicles({ chosen, onChange }: NewVehiclesProps) {
  const t = useWords();
  const [callSign, setCallSign] = useState('');
  const [organisationId, setOrganisation] = useState('');
  const unknown = chosen.filter(({ vehicleId }) => vehicleId === null);
  const name = callSign.trim();
  const add = (): void => {
    const own = { vehicleId: null, callSign: name, organisationId: Number(organisationId) };
    onChange([...chosen, own]);
    setCallSign('');
  };
  return (
    <fieldset className="grants">
      <legend>{t('order.newVehicle')}</legend>
      <ul>
        {unknown.map((vehicle) => (
          <li key={vehicle.callSign}>
            {vehicle.callSign}{' '}
            <button
              type="button"
              className="link"
              aria-label={`${t('action.remove')}: ${vehicle.callSign}`}
              onClick={() => onChange(chosen.filter((one) => one !== vehicle))}
            >
              {t('action.remove')}
            </button>
          </li>
        ))}
      </ul>
      <div className="row">
        <TextInput
          label={t('column.callSign')}
          value={callSign}
          onChange={setCallSign}
          hint={t('order.newVehicleHint')}
        />
        <OrganisationChoice one value={organisationId} onChange={setOrganisation} />
        <Button
          variant="secondary"
          disabled={
            name === '' || organisationId === '' || chosen.some((one) => one.callSign === name)
          }
          onClick={add}
        >
          {t('action.add')}
        </Button>
      </div>
    </fieldset>
  );
}

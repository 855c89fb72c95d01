// The vehicle that was chosen on the map.
import type { Live, Vehicle } from '@rmh/contract/api';
import { Link } from '@tanstack/react-router';
import { useNowMs } from '../api/clock.ts';
import { useCarrierLook } from '../carriers.ts';
import { whenText } from '../format.ts';
import { outageText } from '../outage-words.ts';
import { CarrierMark, SimulatedMark, StateMark } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';

interface VehicleCardProps {
  readonly vehicle: Vehicle;
  readonly live: Live;
  readonly onClose: () => void;
}

export function VehicleCard({ vehicle, live, onClose }: VehicleCardProps) {
  const t = useWords();
  const language = useLanguage();
  const look = useCarrierLook();
  const nowMs = useNowMs();
  const [outage] = live.outages;
  return (
    <section className="vehicle-card" aria-label={vehicle.callSign}>
      <header>
        <h2>
          <Link to="/vehicles/$vehicleId" params={{ vehicleId: String(vehicle.id) }}>
            {vehicle.callSign}
          </Link>
        </h2>
        {vehicle.simulated && <SimulatedMark />}
        <button type="button" className="close" aria-label={t('action.close')} onClick={onClose}>
          ×
        </button>
      </header>
      <p>
        <StateMark state={live.state} />{' '}
        <span className="quiet">
          {t('word.since')} {whenText(language, live.since, nowMs)}
        </span>
      </p>
      <p className="row">
        {live.carriers.map(({ link, state }) => (
          <CarrierMark key={link} name={look.name(link)} state={state} />
        ))}
      </p>
      {outage !== undefined && <p className="quiet">{outageText(language, outage, look.name)}</p>}
    </section>
  );
}

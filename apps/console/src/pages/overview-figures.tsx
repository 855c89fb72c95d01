import type { FleetOverview, Overview, StateCounts } from '@rmh/contract/api';
import { Link } from '@tanstack/react-router';
import { useNowMs } from '../api/clock.ts';
import { countText, whenText } from '../format.ts';
import { Marked, Shape, STATE_TONES, STATES_GRAVE_FIRST } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';

/** Vehicles by state: one bar, and a row for each state that is there. */
export function StateBar({ states }: { readonly states: StateCounts }) {
  const t = useWords();
  const language = useLanguage();
  const shown = STATES_GRAVE_FIRST.filter((state) => (states[state] ?? 0) > 0);
  return (
    <div className="state-bar">
      <div className="bar" aria-hidden="true">
        {shown.map((state) => (
          <span
            key={state}
            className={`bar-part tone-${STATE_TONES[state]}`}
            style={{ flexGrow: states[state] ?? 0 }}
          />
        ))}
      </div>
      <ul className="legend">
        {shown.map((state) => (
          <li key={state}>
            <Link to="/vehicles" search={{ state: state === 'never' ? undefined : state }}>
              <strong>{countText(language, states[state] ?? 0)}</strong>
              <Marked tone={STATE_TONES[state]}>{t(`state.${state}`)}</Marked>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Each carrier over all vehicles that have it and are switched on. */
export function CarrierFigures({ carriers }: { readonly carriers: FleetOverview['carriers'] }) {
  const t = useWords();
  if (carriers.length === 0) return <p className="quiet">{t('verdict.nobody')}</p>;
  return (
    <ul className="carrier-figures">
      {carriers.map(({ link, name, vehicles, down, colour }) => (
        <li key={link}>
          <Link to="/vehicles" search={{ carrierDown: link }}>
            <span className={`swatch chart-${colour ?? 8}`} aria-hidden="true" />
            <span className="grow">{name}</span>
            {down === 0 ? (
              <Marked tone="good">{t('carriers.allUp', { n: vehicles })}</Marked>
            ) : (
              <Marked tone={down * 5 > vehicles ? 'bad' : 'reduced'}>
                {t('carriers.down', { down, n: vehicles })}
              </Marked>
            )}
          </Link>
        </li>
      ))}
    </ul>
  );
}

const GATEWAY_TONES = { up: 'good', silent: 'bad', awaited: 'unknown', revoked: 'off' } as const;

export function GatewayList({ gateways }: { readonly gateways: Overview['gateways'] }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  if (gateways.length === 0) return <p className="quiet">{t('gateway.none')}</p>;
  return (
    <ul className="carrier-figures">
      {gateways.map(({ id, name, site, state, heardAt }) => (
        <li key={id}>
          <div>
            <Shape tone={GATEWAY_TONES[state]} />
            <span className="grow">
              {name} <span className="quiet">{site}</span>
            </span>
            <span>
              {t(`gateway.${state}`)}
              {state === 'silent' && heardAt !== null && (
                <span className="quiet"> {whenText(language, heardAt, nowMs)}</span>
              )}
            </span>
          </div>
        </li>
      ))}
    </ul>
  );
}

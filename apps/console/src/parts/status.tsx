// Status is a shape and a word; colour only repeats them.
import type { CarrierState, ServiceState, Severity } from '@rmh/contract/api';
import { useWords } from '../words/words.ts';

export type Tone = 'good' | 'reduced' | 'bad' | 'off' | 'unknown';

const SHAPES: Readonly<Record<Tone, React.ReactNode>> = {
  good: <circle cx="8" cy="8" r="6" />,
  reduced: <path d="M8 1.6 15 14.2H1z" />,
  bad: (
    <>
      <path d="M2 2h12v12H2z" />
      <path className="cross" d="M5.5 5.5 10.5 10.5M10.5 5.5 5.5 10.5" />
    </>
  ),
  off: <circle cx="8" cy="8" r="5.2" className="hollow" />,
  unknown: <circle cx="8" cy="8" r="5.2" className="hollow dashed" />,
};

export function Shape({ tone }: { readonly tone: Tone }) {
  return (
    <svg className={`shape tone-${tone}`} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[tone]}
    </svg>
  );
}

export const STATE_TONES: Readonly<Record<ServiceState | 'never', Tone>> = {
  up: 'good',
  reduced: 'reduced',
  down: 'bad',
  off: 'off',
  unknown: 'unknown',
  never: 'unknown',
};
/** The order in which a control room wants them. */
export const STATES_GRAVE_FIRST = ['down', 'reduced', 'unknown', 'up', 'off', 'never'] as const;

const CARRIER_TONES: Readonly<Record<CarrierState, Tone>> = {
  up: 'good',
  down: 'bad',
  absent: 'off',
};

const SEVERITY_TONES: Readonly<Record<Severity, Tone>> = {
  critical: 'bad',
  major: 'bad',
  minor: 'reduced',
  warning: 'unknown',
};

export function Marked({
  tone,
  long = false,
  children,
}: {
  readonly tone: Tone;
  /** A sentence, which may be broken. */
  readonly long?: boolean;
  readonly children: React.ReactNode;
}) {
  return (
    <span className={long ? 'marked marked-long' : 'marked'}>
      <Shape tone={tone} />
      {children}
    </span>
  );
}

export function StateMark({ state }: { readonly state: ServiceState | 'never' }) {
  const t = useWords();
  return <Marked tone={STATE_TONES[state]}>{t(`state.${state}`)}</Marked>;
}

export function SeverityMark({ severity }: { readonly severity: Severity }) {
  const t = useWords();
  return <Marked tone={SEVERITY_TONES[severity]}>{t(`severity.${severity}`)}</Marked>;
}

/** A carrier of one vehicle: name, shape, and the word for who listens. */
export function CarrierMark(props: { readonly name: string; readonly state: CarrierState }) {
  const t = useWords();
  return (
    <span className={`carrier-mark carrier-${props.state}`}>
      <Shape tone={CARRIER_TONES[props.state]} />
      {props.name}
      <span className="unseen"> {t(`carrier.${props.state}`)}</span>
    </span>
  );
}

export function SimulatedMark() {
  const t = useWords();
  return (
    <span className="simulated" title={t('simulated.why')}>
      {t('simulated.mark')}
    </span>
  );
}

// The words of `./rmh up`, in both languages. Widths are kept: the view is a table.
import type { PathStateName, TrafficClassName } from '@rmh/contract';
import type { CountryPhase } from '../country/country.ts';
import type { RunPhase } from './protocol.ts';

export type Language = 'en' | 'nb';

/** What a carrier does for a vehicle, as a newcomer would say it. */
export type CarrierMood = 'used' | 'doubtful' | 'resting' | 'testing' | 'down' | 'gone';

/** A symbol beside each word, so that no state is told by colour alone. */
export const SYMBOLS: Record<CarrierMood, string> = {
  used: '●',
  doubtful: '◐',
  resting: '○',
  testing: '◌',
  down: '▽',
  gone: '✕',
};

export const MOOD_OF_PATH: Record<PathStateName, CarrierMood> = {
  untried: 'testing',
  validating: 'testing',
  carrying: 'used',
  suspect: 'doubtful',
  parked: 'resting',
  closed: 'gone',
};

export interface Words {
  readonly moods: Record<CarrierMood, string>;
  readonly classes: Record<TrafficClassName, string>;
  readonly phases: Record<RunPhase, string>;
  readonly countryPhases: Record<CountryPhase, string>;
  readonly console: string;
  readonly signIn: string;
  readonly fleet: (vehicles: number, told: number) => string;
  readonly title: (vehicles: number) => string;
  readonly elapsed: (seconds: number, of: number | null) => string;
  readonly via: (gateway: string) => string;
  readonly noTunnel: string;
  readonly gateways: string;
  readonly running: string;
  readonly killed: string;
  readonly carrier: string;
  readonly state: string;
  readonly loss: string;
  readonly alone: string;
  readonly class: string;
  readonly arrived: string;
  readonly lost: string;
  readonly late: string;
  readonly gap: string;
  readonly vehicle: string;
  readonly sent: string;
  readonly inTime: string;
  readonly longestGap: string;
  readonly anyCarrier: string;
  readonly tunnel: string;
  readonly probe: string;
  readonly stop: string;
  readonly stopping: string;
  readonly aloneNote: string;
  readonly tcp: (survived: number, of: number) => string;
}

const EN: Words = {
  moods: {
    used: 'in use',
    doubtful: 'doubtful',
    resting: 'silent',
    testing: 'testing',
    down: 'down',
    gone: 'gone',
  },
  classes: {
    critical: 'critical',
    realtime: 'realtime',
    interactive: 'interactive',
    bulk: 'bulk',
  },
  phases: {
    building: 'building the lab …',
    connecting: 'waiting for the tunnels …',
    running: 'running',
    draining: 'waiting for packets under way …',
  },
  countryPhases: {
    console: 'building the console (only when it changed) …',
    platform: 'starting the platform …',
    enrolling: 'enrolling gateways and vehicles …',
    ready: 'the platform is ready',
  },
  console: 'console',
  signIn: 'sign in, once',
  fleet: (vehicles, told) =>
    told < vehicles
      ? `${vehicles} simulated vehicles; the hours before: ${told} of ${vehicles}`
      : `${vehicles} simulated vehicles`,
  title: (n) => `Robust mobilt helsenett: ${n} ${n === 1 ? 'vehicle' : 'vehicles'}, live`,
  elapsed: (s, of) => (of === null ? `${s} s` : `${s} of ${of} s`),
  via: (gateway) => `through ${gateway}`,
  noTunnel: 'no tunnel yet',
  gateways: 'gateways',
  running: 'running',
  killed: 'down',
  carrier: 'carrier',
  state: 'state',
  loss: 'loss',
  alone: 'alone',
  class: 'class',
  arrived: 'arrived',
  lost: 'lost',
  late: 'late',
  gap: 'gap',
  vehicle: 'vehicle',
  sent: 'sent',
  inTime: 'in time',
  longestGap: 'longest gap',
  anyCarrier: 'any of them',
  tunnel: 'the tunnel',
  probe: 'the same probe over',
  stop: 'Ctrl-C ends',
  stopping: 'ending; Ctrl-C once more ends at once',
  aloneNote: 'alone: what this carrier by itself delivered in time of the same small probe',
  tcp: (survived, of) => `TCP connections held through the whole run: ${survived} of ${of}`,
};

const NB: Words = {
  moods: {
    used: 'i bruk',
    doubtful: 'usikker',
    resting: 'taus',
    testing: 'prøves',
    down: 'nede',
    gone: 'borte',
  },
  classes: {
    critical: 'kritisk',
    realtime: 'sanntid',
    interactive: 'interaktiv',
    bulk: 'masse',
  },
  phases: {
    building: 'bygger laben …',
    connecting: 'venter på tunnelene …',
    running: 'kjører',
    draining: 'venter på pakker underveis …',
  },
  countryPhases: {
    console: 'bygger konsollet (bare når det er endret) …',
    platform: 'starter plattformen …',
    enrolling: 'innruller gatewayer og kjøretøy …',
    ready: 'plattformen er klar',
  },
  console: 'konsoll',
  signIn: 'logg inn, én gang',
  fleet: (vehicles, told) =>
    told < vehicles
      ? `${vehicles} simulerte kjøretøy; timene før: ${told} av ${vehicles}`
      : `${vehicles} simulerte kjøretøy`,
  title: (n) => `Robust mobilt helsenett: ${n} kjøretøy, direkte`,
  elapsed: (s, of) => (of === null ? `${s} s` : `${s} av ${of} s`),
  via: (gateway) => `gjennom ${gateway}`,
  noTunnel: 'ingen tunnel ennå',
  gateways: 'gatewayer',
  running: 'oppe',
  killed: 'nede',
  carrier: 'operatør',
  state: 'tilstand',
  loss: 'tap',
  alone: 'alene',
  class: 'klasse',
  arrived: 'fram',
  lost: 'tapt',
  late: 'for sent',
  gap: 'brudd',
  vehicle: 'kjøretøy',
  sent: 'sendt',
  inTime: 'i tide',
  longestGap: 'lengste brudd',
  anyCarrier: 'minst én',
  tunnel: 'tunnelen',
  probe: 'samme prøve over',
  stop: 'Ctrl-C avslutter',
  stopping: 'avslutter; Ctrl-C en gang til avslutter straks',
  aloneNote: 'alene: det denne operatøren alene leverte i tide av samme lille prøve',
  tcp: (survived, of) => `TCP-forbindelser holdt gjennom hele kjøringen: ${survived} av ${of}`,
};

export const WORDS: Record<Language, Words> = { en: EN, nb: NB };

// The words of `rmh status`, in both languages; the compiler holds the two alike.
import type {
  DaemonState,
  LinkState,
  MissionStatus,
  PathStateName,
  PeerState,
  Role,
} from '@rmh/contract';

export type Language = 'en' | 'nb';
/** Symbol and word. */
type Mark = readonly [string, string];

export interface Words {
  readonly roles: Record<Role, string>;
  readonly daemonStates: Record<DaemonState, Mark>;
  readonly linkStates: Record<LinkState, Mark>;
  readonly peerStates: Record<PeerState, Mark>;
  readonly pathStates: Record<PathStateName, Mark>;
  readonly dataStages: Record<'nearly' | 'spent', Mark>;
  readonly mission: string;
  readonly urgencies: Record<MissionStatus['urgency'], string>;
  readonly uptime: string;
  readonly version: string;
  readonly configuration: string;
  readonly noDataplane: string;
  readonly noLinks: string;
  readonly link: string;
  readonly device: string;
  readonly state: string;
  readonly addresses: string;
  readonly data: string;
  readonly of: string;
  readonly left: string;
  readonly active: string;
  readonly draining: string;
  readonly handshake: string;
  readonly ago: string;
  readonly path: string;
  readonly class: string;
  readonly loss: string;
  readonly sent: string;
  readonly received: string;
  readonly duplicated: string;
  readonly repaired: string;
  readonly duplicates: string;
  readonly late: string;
  readonly drops: string;
  readonly hours: string;
  readonly days: string;
}

export const EN: Words = {
  roles: { unit: 'Unit', gateway: 'Gateway' },
  daemonStates: {
    starting: ['…', 'starting'],
    running: ['●', 'running'],
    waiting: ['!', 'waiting'],
    stopping: ['■', 'stopping'],
  },
  linkStates: {
    absent: ['✗', 'no device'],
    down: ['✗', 'switched off'],
    'no-carrier': ['✗', 'no carrier'],
    'no-address': ['…', 'no address'],
    used: ['●', 'in use'],
  },
  peerStates: {
    connecting: ['…', 'connecting'],
    established: ['●', 'established'],
    stock: ['●', 'established, one path (stock WireGuard)'],
    unreachable: ['✗', 'unreachable'],
  },
  pathStates: {
    untried: ['…', 'untried'],
    validating: ['…', 'validating'],
    carrying: ['●', 'carrying'],
    suspect: ['!', 'suspect'],
    parked: ['✗', 'parked'],
    closed: ['✗', 'closed'],
  },
  dataStages: {
    nearly: ['!', 'nearly used'],
    spent: ['✗', 'used up, critical and realtime only'],
  },
  mission: 'mission',
  urgencies: { acute: 'acute', urgent: 'urgent', ordinary: 'ordinary' },
  uptime: 'up',
  version: 'version',
  configuration: 'configuration',
  noDataplane: 'The data plane is not running.',
  noLinks: 'No carrier matches the configuration.',
  link: 'carrier',
  device: 'device',
  state: 'state',
  addresses: 'addresses',
  data: 'data this month',
  of: 'of',
  left: 'left',
  active: 'traffic goes here',
  draining: 'draining',
  handshake: 'handshake',
  ago: 'ago',
  path: 'path',
  class: 'class',
  loss: 'loss',
  sent: 'sent',
  received: 'received',
  duplicated: 'copies',
  repaired: 'repaired',
  duplicates: 'copies dropped',
  late: 'late',
  drops: 'Dropped packets',
  hours: 'h',
  days: 'days',
};

export const NB: Words = {
  roles: { unit: 'Enhet', gateway: 'Gateway' },
  daemonStates: {
    starting: ['…', 'starter'],
    running: ['●', 'i drift'],
    waiting: ['!', 'venter'],
    stopping: ['■', 'stopper'],
  },
  linkStates: {
    absent: ['✗', 'finnes ikke'],
    down: ['✗', 'slått av'],
    'no-carrier': ['✗', 'ingen bærer'],
    'no-address': ['…', 'ingen adresse'],
    used: ['●', 'i bruk'],
  },
  peerStates: {
    connecting: ['…', 'kobler til'],
    established: ['●', 'tilkoblet'],
    stock: ['●', 'tilkoblet, én vei (vanlig WireGuard)'],
    unreachable: ['✗', 'svarer ikke'],
  },
  pathStates: {
    untried: ['…', 'ikke prøvd'],
    validating: ['…', 'bekreftes'],
    carrying: ['●', 'bærer trafikk'],
    suspect: ['!', 'mistenkt'],
    parked: ['✗', 'parkert'],
    closed: ['✗', 'lukket'],
  },
  dataStages: {
    nearly: ['!', 'snart brukt opp'],
    spent: ['✗', 'brukt opp, bare kritisk og sanntid'],
  },
  mission: 'oppdrag',
  urgencies: { acute: 'akutt', urgent: 'haster', ordinary: 'vanlig' },
  uptime: 'oppe',
  version: 'versjon',
  configuration: 'konfigurasjon',
  noDataplane: 'Dataplanet er ikke i gang.',
  noLinks: 'Ingen bærer passer med konfigurasjonen.',
  link: 'bærer',
  device: 'enhet',
  state: 'tilstand',
  addresses: 'adresser',
  data: 'data denne måneden',
  of: 'av',
  left: 'igjen',
  active: 'trafikken går her',
  draining: 'tømmes',
  handshake: 'håndtrykk',
  ago: 'siden',
  path: 'vei',
  class: 'klasse',
  loss: 'tap',
  sent: 'sendt',
  received: 'mottatt',
  duplicated: 'kopier',
  repaired: 'reparert',
  duplicates: 'kopier forkastet',
  late: 'for sent',
  drops: 'Forkastede pakker',
  hours: 't',
  days: 'døgn',
};

// The words of `rmh explain`, in both languages; the compiler holds the two alike.
import type { Language } from './status-words.ts';

export interface ExplainWords {
  /** The mark of a decimal. */
  readonly point: string;
  readonly seconds: string;
  readonly minutes: string;
  silentFor(who: string, long: string, from: string): string;
  silentSince(who: string, from: string): string;
  noneFor(long: string, from: string, who: string): string;
  noneSince(from: string, who: string): string;
  movedTo(who: string, after: string): string;
  readonly movedAtOnce: (who: string) => string;
  readonly elsewhere: string;
  readonly noOther: string;
  readonly onlyOne: string;
  gatewayFor(who: string, long: string, from: string): string;
  gatewaySince(who: string, from: string): string;
  readonly standby: string;
  goneFor(who: string, why: string, long: string, from: string): string;
  goneSince(who: string, why: string, from: string): string;
  readonly goneStates: Readonly<Record<string, string>>;
  lossy(who: string, percent: string, long: string, from: string): string;
  slow(who: string, rtt: string, usual: string, long: string, from: string): string;
  restarted(from: string, to: string, how: string): string;
  started(at: string): string;
  readonly stopAsked: (signal: string) => string;
  readonly stopFailed: (code: string) => string;
  readonly stopUnknown: string;
  switched(from: string, to: string, at: string, why: string): string;
  readonly switchReasons: Readonly<Record<string, string>>;
  readdressed(who: string, at: string): string;
  clockAhead(long: string, at: string): string;
  clockBack(long: string, at: string): string;
  reloaded(at: string): string;
  refused(who: string, at: string): string;
  noDataplane(code: string, at: string): string;
  lost(count: number): string;
  repaired(count: number): string;
  unsent(count: number): string;
  froze(long: string): string;
  readonly notFrozen: string;
  before(name: string, since: string): string;
  future(at: string): string;
  unseen(from: string, to: string): string;
  noCause(from: string, to: string): string;
  answered(carriers: string): string;
  readonly beyond: string;
  readonly and: string;
}

const packets = (count: number) => (count === 1 ? 'packet' : 'packets');
const pakker = (count: number) => (count === 1 ? 'pakke' : 'pakker');
const kritiske = (count: number) => (count === 1 ? 'kritisk' : 'kritiske');

const EN: ExplainWords = {
  point: '.',
  seconds: 's',
  minutes: 'min',
  silentFor: (who, long, from) => `${who} silent ${long} from ${from}`,
  silentSince: (who, from) => `${who} silent since ${from}`,
  noneFor: (long, from, who) => `No carrier answered for ${long} from ${from} (${who})`,
  noneSince: (from, who) => `No carrier answers since ${from} (${who})`,
  movedTo: (who, after) => `moved to ${who} after ${after}`,
  movedAtOnce: (who) => `moved to ${who} at once`,
  elsewhere: 'the traffic was on other carriers',
  noOther: 'no other carrier answered',
  onlyOne: 'there is no other carrier',
  gatewayFor: (who, long, from) => `Gateway ${who} silent ${long} from ${from}`,
  gatewaySince: (who, from) => `Gateway ${who} silent since ${from}`,
  standby: 'the traffic was on another gateway',
  goneFor: (who, why, long, from) => `${who} ${why} for ${long} from ${from}`,
  goneSince: (who, why, from) => `${who} ${why} since ${from}`,
  goneStates: {
    absent: 'without its modem',
    down: 'switched off',
    'no-carrier': 'without network',
    'no-address': 'without an address',
  },
  lossy: (who, percent, long, from) => `${who} lost up to ${percent} % for ${long} from ${from}`,
  slow: (who, rtt, usual, long, from) =>
    `${who} slow for ${long} from ${from}: answers after ${rtt} instead of ${usual}`,
  restarted: (from, to, how) => `The unit did not run from ${from} to ${to}: ${how}`,
  started: (at) => `The unit started, and its first carrier answered at ${at}`,
  stopAsked: (signal) => `a stop was asked for (${signal})`,
  stopFailed: (code) => `it failed (${code}; see the log)`,
  stopUnknown: 'it ended without a word (power cut, crash or kill)',
  switched: (from, to, at, why) => `Moved from gateway ${from} to ${to} at ${at}: ${why}`,
  switchReasons: {
    silent: 'the first was silent',
    drain: 'it is being emptied for maintenance',
    preferred: 'an operator asked for it',
  },
  readdressed: (who, at) => `${who} got another address or device at ${at}`,
  clockAhead: (long, at) =>
    `The clock was set ahead by ${long} at ${at}: the times around it are off`,
  clockBack: (long, at) =>
    `The clock was set back by ${long} at ${at}: the times around it are off`,
  reloaded: (at) => `A new configuration came into force at ${at}`,
  refused: (who, at) => `A handshake with ${who} was refused at ${at} (its timestamp was too old)`,
  noDataplane: (code, at) => `The data plane could not start at ${at} (${code})`,
  lost: (count) => `${count} critical ${packets(count)} lost`,
  repaired: (count) => `${count} critical ${packets(count)} sent again`,
  unsent: (count) => `${count} critical ${packets(count)} found no way`,
  froze: (long) => `video froze ${long}`,
  notFrozen: 'video did not freeze',
  before: (name, since) =>
    `The history of ${name} begins at ${since}; of before, nothing is known.`,
  future: (at) => `${at} is still to come.`,
  unseen: (from, to) => `Nothing was seen from ${from} to ${to}: no traffic, or no data plane.`,
  noCause: (from, to) => `No cause is known for a gap from ${from} to ${to}`,
  answered: (carriers) => `answers came from ${carriers}`,
  beyond: 'look beyond the tunnel: the car, the gateway, Helsenettet.',
  and: 'and',
};

const NB: ExplainWords = {
  point: ',',
  seconds: 's',
  minutes: 'min',
  silentFor: (who, long, from) => `${who} taus i ${long} fra ${from}`,
  silentSince: (who, from) => `${who} taus siden ${from}`,
  noneFor: (long, from, who) => `Ingen bærer svarte i ${long} fra ${from} (${who})`,
  noneSince: (from, who) => `Ingen bærer svarer siden ${from} (${who})`,
  movedTo: (who, after) => `flyttet til ${who} etter ${after}`,
  movedAtOnce: (who) => `flyttet til ${who} med én gang`,
  elsewhere: 'trafikken gikk over andre bærere',
  noOther: 'ingen annen bærer svarte',
  onlyOne: 'det finnes ingen annen bærer',
  gatewayFor: (who, long, from) => `Gateway ${who} taus i ${long} fra ${from}`,
  gatewaySince: (who, from) => `Gateway ${who} taus siden ${from}`,
  standby: 'trafikken gikk over en annen gateway',
  goneFor: (who, why, long, from) => `${who} ${why} i ${long} fra ${from}`,
  goneSince: (who, why, from) => `${who} ${why} siden ${from}`,
  goneStates: {
    absent: 'uten modem',
    down: 'slått av',
    'no-carrier': 'uten nett',
    'no-address': 'uten adresse',
  },
  lossy: (who, percent, long, from) => `${who} mistet opptil ${percent} % i ${long} fra ${from}`,
  slow: (who, rtt, usual, long, from) =>
    `${who} treg i ${long} fra ${from}: svar etter ${rtt} i stedet for ${usual}`,
  restarted: (from, to, how) => `Enheten gikk ikke fra ${from} til ${to}: ${how}`,
  started: (at) => `Enheten startet, og første bærer svarte ${at}`,
  stopAsked: (signal) => `den ble bedt om å stoppe (${signal})`,
  stopFailed: (code) => `den feilet (${code}; se loggen)`,
  stopUnknown: 'den sluttet uten et ord (strømbrudd, krasj eller drept)',
  switched: (from, to, at, why) => `Flyttet fra gateway ${from} til ${to} ${at}: ${why}`,
  switchReasons: {
    silent: 'den første var taus',
    drain: 'den tømmes for vedlikehold',
    preferred: 'en operatør ba om det',
  },
  readdressed: (who, at) => `${who} fikk ny adresse eller enhet ${at}`,
  clockAhead: (long, at) => `Klokken ble stilt ${long} fram ${at}: tidene rundt stemmer ikke`,
  clockBack: (long, at) => `Klokken ble stilt ${long} tilbake ${at}: tidene rundt stemmer ikke`,
  reloaded: (at) => `En ny konfigurasjon trådte i kraft ${at}`,
  refused: (who, at) => `Et håndtrykk med ${who} ble avvist ${at} (tidsstempelet var for gammelt)`,
  noDataplane: (code, at) => `Dataplanet kunne ikke starte ${at} (${code})`,
  lost: (count) => `${count} ${kritiske(count)} ${pakker(count)} tapt`,
  repaired: (count) => `${count} ${kritiske(count)} ${pakker(count)} sendt på nytt`,
  unsent: (count) => `${count} ${kritiske(count)} ${pakker(count)} fant ingen vei`,
  froze: (long) => `video frøs ${long}`,
  notFrozen: 'video frøs ikke',
  before: (name, since) =>
    `Historikken til ${name} begynner ${since}; om tiden før vet vi ingenting.`,
  future: (at) => `${at} har ikke vært ennå.`,
  unseen: (from, to) =>
    `Ingenting ble sett fra ${from} til ${to}: ingen trafikk, eller intet dataplan.`,
  noCause: (from, to) => `Ingen årsak er kjent til et brudd fra ${from} til ${to}`,
  answered: (carriers) => `svar kom fra ${carriers}`,
  beyond: 'se utenfor tunnelen: bilen, gatewayen, Helsenettet.',
  and: 'og',
};

export const EXPLAIN_WORDS: Readonly<Record<Language, ExplainWords>> = { en: EN, nb: NB };

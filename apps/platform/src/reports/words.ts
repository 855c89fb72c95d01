// What a report says, in both languages, and how its figures are written.
import type { DocumentLanguage } from '@rmh/contract/api';

const nb = {
  report: 'Månedsrapport',
  simulated: 'Simulerte kjøretøy: laget for prøving, ikke målt.',
  about: 'Om rapporten',
  organisation: 'Organisasjon',
  month: 'Måned',
  version: 'Versjon',
  made: 'Laget',
  onSchedule: 'etter planen',
  definitions: 'Definisjoner',
  vehicles: 'Kjøretøy',
  known: 'Kjent tid',
  availability: 'Tilgjengelighet',
  service: 'Tjenesten',
  bestAlone: 'Beste operatør alene',
  carrier: 'Operatør',
  without: 'Minutter uten svar per kjent døgn',
  withoutNote:
    'Hva hver operatør alene ville ha gitt på de samme turene. «Beste alene» er den operatøren ' +
    'som tjente hvert kjøretøy lengst, valgt i ettertid.',
  roundTrip: 'Rundturtid',
  loss: 'Pakketap',
  data: 'Data',
  carriersTable: 'Hver operatør for seg',
  byRegion: 'Regionene',
  byTrust: 'Foretakene',
  name: 'Navn',
  tooFew: 'færre enn tre kjøretøy',
  gaps: 'Opphold i tjenesten',
  gap: 'Lengde',
  count: 'Antall',
  under1s: 'under 1 s',
  under10s: '1–10 s',
  under1min: '10–60 s',
  under10min: '1–10 min',
  longer: 'over 10 min',
  longGaps: 'Opphold over 10 min',
  classes: 'Trafikklassene',
  class: 'Klasse',
  sent: 'Sendt',
  late: 'For sent',
  lost: 'Tapt',
  repaired: 'Reparert',
  missedShare: 'Tapt eller for sent',
  critical: 'kritisk',
  realtime: 'sanntid',
  interactive: 'interaktiv',
  bulk: 'bakgrunn',
  cost: 'Data og kopier',
  bytes: 'Data i alt',
  duplicated: 'Av dette kopier',
  gained: 'Tid vunnet mot beste alene',
  gainedNote:
    'Kopiene er prisen; tiden som er vunnet, er det tjenesten ga mer enn det beste ene ' +
    'abonnementet ville ha gitt.',
  missions: 'Oppdrag',
  urgency: 'Hastegrad',
  acute: 'akutt',
  urgent: 'haster',
  ordinary: 'vanlig',
  missionsNote: 'Minutter som begynte i et oppdrag.',
  compliance: 'Felles krav ved månedens slutt',
  requirement: 'Krav',
  met: 'Oppfylt',
  failed: 'Ikke oppfylt',
  unknown: 'Ukjent',
  areas: 'Områdeutfall hos operatørene',
  outages: 'Utfall',
  minutes: 'Minutter i alt',
  longest: 'Lengste, minutter',
  most: 'Kjøretøy, flest',
  cases: 'Saker hos operatørene',
  opened: 'Åpnet',
  closed: 'Lukket',
  openAtEnd: 'Åpne ved slutten',
  programme: 'Innføring ved månedens slutt',
  region: 'Region',
  ordered: 'Bestilt',
  delivered: 'Levert',
  installed: 'Montert',
  accepted: 'Godkjent',
  inOperation: 'I drift',
  blockers: 'Åpne hindringer',
  ofPlan: '{n} av {plan}',
  nothing: 'Ingen i denne måneden.',
  changes: 'Endret siden forrige versjon',
  changesNote: 'Målinger kom sent, eller noe ble rettet. Forrige versjon er bevart.',
  figure: 'Tall',
  before: 'Før',
  after: 'Nå',
  hours: '{n} timer',
  notKnown: 'ukjent',
  first: 'de første {n} av {all}',
} as const;

export type ReportWord = keyof typeof nb;

const en: Readonly<Record<ReportWord, string>> = {
  report: 'Monthly report',
  simulated: 'Simulated vehicles: made up to try things, not measured.',
  about: 'About this report',
  organisation: 'Organisation',
  month: 'Month',
  version: 'Version',
  made: 'Made',
  onSchedule: 'on schedule',
  definitions: 'Definitions',
  vehicles: 'Vehicles',
  known: 'Known time',
  availability: 'Availability',
  service: 'The service',
  bestAlone: 'Best carrier alone',
  carrier: 'Carrier',
  without: 'Minutes without an answer per known day',
  withoutNote:
    'What each carrier alone would have given on the same drives. "Best alone" is the carrier ' +
    'that served each vehicle longest, chosen with hindsight.',
  roundTrip: 'Round trip',
  loss: 'Packet loss',
  data: 'Data',
  carriersTable: 'Each carrier for itself',
  byRegion: 'The regions',
  byTrust: 'The trusts',
  name: 'Name',
  tooFew: 'fewer than three vehicles',
  gaps: 'Gaps in the service',
  gap: 'Length',
  count: 'Number',
  under1s: 'under 1 s',
  under10s: '1–10 s',
  under1min: '10–60 s',
  under10min: '1–10 min',
  longer: 'over 10 min',
  longGaps: 'Gaps over 10 min',
  classes: 'Traffic classes',
  class: 'Class',
  sent: 'Sent',
  late: 'Late',
  lost: 'Lost',
  repaired: 'Repaired',
  missedShare: 'Lost or late',
  critical: 'critical',
  realtime: 'realtime',
  interactive: 'interactive',
  bulk: 'bulk',
  cost: 'Data and copies',
  bytes: 'All data',
  duplicated: 'Copies among it',
  gained: 'Time won against best alone',
  gainedNote:
    'Copies are the price; the time won is what the service gave beyond what the best single ' +
    'subscription would have given.',
  missions: 'Missions',
  urgency: 'Urgency',
  acute: 'acute',
  urgent: 'urgent',
  ordinary: 'ordinary',
  missionsNote: 'Minutes that began in a mission.',
  compliance: 'Common requirements at the end of the month',
  requirement: 'Requirement',
  met: 'Met',
  failed: 'Failed',
  unknown: 'Unknown',
  areas: "Carriers' area outages",
  outages: 'Outages',
  minutes: 'Minutes in all',
  longest: 'Longest, minutes',
  most: 'Vehicles, at most',
  cases: 'Cases with the carriers',
  opened: 'Opened',
  closed: 'Closed',
  openAtEnd: 'Open at the end',
  programme: 'Rollout programme at the end of the month',
  region: 'Region',
  ordered: 'Ordered',
  delivered: 'Delivered',
  installed: 'Installed',
  accepted: 'Accepted',
  inOperation: 'In operation',
  blockers: 'Open blockers',
  ofPlan: '{n} of {plan}',
  nothing: 'None in this month.',
  changes: 'Changed since the version before',
  changesNote: 'Measurements came late, or something was corrected. The version before is kept.',
  figure: 'Figure',
  before: 'Before',
  after: 'Now',
  hours: '{n} hours',
  notKnown: 'unknown',
  first: 'the first {n} of {all}',
};

const LOCALE = { nb: 'nb-NO', en: 'en-GB' } as const;

/** Words and figures of one language. Times in Norway's clock. */
export class Words {
  readonly language: DocumentLanguage;
  readonly #locale: string;

  constructor(language: DocumentLanguage) {
    this.language = language;
    this.#locale = LOCALE[language];
  }

  say(word: ReportWord, values: Readonly<Record<string, string | number>> = {}): string {
    const text = { nb, en }[this.language][word];
    return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
  }

  number(value: number, digits = 0): string {
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return new Intl.NumberFormat(this.#locale, options).format(value);
  }

  /** A share as per cent; three digits, for 99.9 and 99.99 are not the same. */
  share(value: number | null, digits = 3): string {
    if (value === null) return this.say('notKnown');
    const options = { style: 'percent', minimumFractionDigits: digits } as const;
    return new Intl.NumberFormat(this.#locale, options).format(value);
  }

  hours(seconds: number): string {
    return this.say('hours', { n: this.number(seconds / 3_600) });
  }

  bytes(value: number): string {
    return `${this.number(value / 1e9, 1)} GB`;
  }

  /** 'oktober 2026'. */
  month(first: string): string {
    const options = { year: 'numeric', month: 'long', timeZone: 'UTC' } as const;
    return new Intl.DateTimeFormat(this.#locale, options).format(Date.parse(first));
  }

  instant(at: string): string {
    const options = { dateStyle: 'long', timeStyle: 'short', timeZone: 'Europe/Oslo' } as const;
    return new Intl.DateTimeFormat(this.#locale, options).format(Date.parse(at));
  }
}

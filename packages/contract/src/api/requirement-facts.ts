// What a requirement may ask about: a closed list of facts, each a number that the platform works
// out for every vehicle, organisation or the nation at once. "30 days" are whole days of Norway up
// to now. A fact that cannot be known is null, and `missing` says what would make it known.

/** What a fact is about. 'organisation': a trust, a region or the nation with all below it. */
export type FactSubject = 'vehicle' | 'organisation' | 'national';
/** 'yes': 1 or 0. */
export type FactUnit = 'yes' | 'count' | 'share' | 'ms' | 'min' | 'h' | 'days';

export interface Fact {
  readonly of: FactSubject;
  readonly unit: FactUnit;
  readonly nb: string;
  readonly en: string;
  readonly missing: { readonly nb: string; readonly en: string };
  /** A person says when it was done; the fact is how many days ago that is. */
  readonly attested?: true;
}

const UNHEARD = { nb: 'enheten har ikke meldt fra', en: 'the unit has not been heard' } as const;
const NO_UNIT = { nb: 'ingen innmeldt enhet', en: 'no enrolled unit' } as const;
const NO_MEASUREMENTS = {
  nb: 'ingen målinger de siste 30 døgnene',
  en: 'no measurements in the last 30 days',
} as const;
const NOT_ATTESTED = { nb: 'ikke bekreftet av noen', en: 'attested by nobody' } as const;
const ALWAYS_KNOWN = { nb: 'ikke beregnet ennå', en: 'not worked out yet' } as const;

export const FACTS = {
  carriersFitted: {
    of: 'vehicle',
    unit: 'count',
    nb: 'Operatører med abonnement i kjøretøyet',
    en: 'Carriers with a subscription in the vehicle',
    missing: ALWAYS_KNOWN,
  },
  carriersUsed: {
    of: 'vehicle',
    unit: 'count',
    nb: 'Operatører som har svart de siste 30 døgnene',
    en: 'Carriers that answered in the last 30 days',
    missing: NO_MEASUREMENTS,
  },
  prioritySubscriptions: {
    of: 'vehicle',
    unit: 'count',
    nb: 'Abonnementer med prioritet',
    en: 'Subscriptions with priority',
    missing: ALWAYS_KNOWN,
  },
  unitEnrolled: {
    of: 'vehicle',
    unit: 'yes',
    nb: 'Har en innmeldt enhet',
    en: 'Has an enrolled unit',
    missing: ALWAYS_KNOWN,
  },
  availability: {
    of: 'vehicle',
    unit: 'share',
    nb: 'Tilgjengelighet siste 30 døgn',
    en: 'Availability, last 30 days',
    missing: NO_MEASUREMENTS,
  },
  criticalLoss: {
    of: 'vehicle',
    unit: 'share',
    nb: 'Tapte kritiske pakker siste 30 døgn',
    en: 'Critical packets lost, last 30 days',
    missing: { nb: 'ingen kritisk trafikk målt', en: 'no critical traffic was measured' },
  },
  criticalLate: {
    of: 'vehicle',
    unit: 'share',
    nb: 'Forsinkede kritiske pakker siste 30 døgn',
    en: 'Critical packets late, last 30 days',
    missing: { nb: 'ingen kritisk trafikk målt', en: 'no critical traffic was measured' },
  },
  switchoverMs: {
    of: 'vehicle',
    unit: 'ms',
    nb: 'Lengste tid før trafikken var flyttet da en operatør falt ut, siste 30 døgn',
    en: 'Longest time until traffic had moved when a carrier fell out, last 30 days',
    missing: {
      nb: 'ingen operatør har falt ut mens en annen holdt',
      en: 'no carrier fell out while another held',
    },
  },
  driveSwitchoverMs: {
    of: 'vehicle',
    unit: 'ms',
    nb: 'Tid før trafikken var flyttet i den siste prøvekjøringen',
    en: 'Time until traffic had moved in the last acceptance drive',
    missing: {
      nb: 'omkobling er ikke målt i en prøvekjøring',
      en: 'switch-over was not measured in an acceptance drive',
    },
  },
  longestGapMinutes: {
    of: 'vehicle',
    unit: 'min',
    nb: 'Lengste opphold i tjenesten siste 30 døgn',
    en: 'Longest gap in the service, last 30 days',
    missing: NO_MEASUREMENTS,
  },
  reportedShare: {
    of: 'vehicle',
    unit: 'share',
    nb: 'Kjent andel av tiden siste 30 døgn (oppe, nede eller avslått)',
    en: 'Known share of the time, last 30 days (up, down or off)',
    missing: NO_MEASUREMENTS,
  },
  silentDays: {
    of: 'vehicle',
    unit: 'days',
    nb: 'Døgn siden enheten sist meldte fra',
    en: 'Days since the unit was last heard',
    missing: UNHEARD,
  },
  samplesWaiting: {
    of: 'vehicle',
    unit: 'count',
    nb: 'Målinger som venter i enheten',
    en: 'Samples that wait in the unit',
    missing: UNHEARD,
  },
  storageShare: {
    of: 'vehicle',
    unit: 'share',
    nb: 'Brukt lagringsplass i enheten',
    en: 'Storage used in the unit',
    missing: UNHEARD,
  },
  softwareBehindDays: {
    of: 'vehicle',
    unit: 'days',
    nb: 'Døgn siden en nyere programvare enn enhetens kom i bruk',
    en: "Days since software newer than the unit's came into use",
    missing: UNHEARD,
  },
  configurationBehind: {
    of: 'vehicle',
    unit: 'count',
    nb: 'Innstillinger som ikke er rullet ut til enheten',
    en: 'Settings that have not been rolled out to the unit',
    missing: NO_UNIT,
  },
  configurationConfirmed: {
    of: 'vehicle',
    unit: 'yes',
    nb: 'Enheten har bekreftet sin siste konfigurasjon',
    en: 'The unit has confirmed its newest configuration',
    missing: NO_UNIT,
  },
  sampleKeepDays: {
    of: 'vehicle',
    unit: 'days',
    nb: 'Døgn enheten selv beholder målinger',
    en: 'Days that the unit itself keeps samples',
    missing: NO_UNIT,
  },
  debugLog: {
    of: 'vehicle',
    unit: 'yes',
    nb: 'Logger på feilsøkingsnivå',
    en: 'Logs at debug level',
    missing: NO_UNIT,
  },
  keyAgeHours: {
    of: 'vehicle',
    unit: 'h',
    nb: 'Alder på eldste forhåndsdelte nøkkel',
    en: 'Age of the oldest preshared key',
    missing: { nb: 'ingen forhåndsdelt nøkkel', en: 'no preshared key' },
  },
  gatewaysKeyed: {
    of: 'vehicle',
    unit: 'count',
    nb: 'Gatewayer som enheten har nøkkel med',
    en: 'Gateways that the unit shares a key with',
    missing: { nb: 'enheten har ingen tunnel', en: 'the unit has no tunnel' },
  },
  identityAgeDays: {
    of: 'vehicle',
    unit: 'days',
    nb: 'Alder på enhetens identitet',
    en: "Age of the unit's identity",
    missing: NO_UNIT,
  },
  graveAlarmHours: {
    of: 'vehicle',
    unit: 'h',
    nb: 'Lengste tid et kritisk eller alvorlig varsel har stått uten kvittering',
    en: 'Longest time that a critical or major alarm has stood unacknowledged',
    missing: { nb: 'varslingen har ikke gått ennå', en: 'the alarm engine has not run yet' },
  },
  ictOperators: {
    of: 'organisation',
    unit: 'count',
    nb: 'Aktive brukere med rollen IKT-leverandør her eller over',
    en: 'Active users with the role ICT operator here or above',
    missing: ALWAYS_KNOWN,
  },
  dormantUsers: {
    of: 'organisation',
    unit: 'count',
    nb: 'Aktive brukere som ikke har vært inne på 90 døgn',
    en: 'Active users who have not been in for 90 days',
    missing: ALWAYS_KNOWN,
  },
  recipients: {
    of: 'organisation',
    unit: 'count',
    nb: 'Mottakere av varsler her eller under',
    en: 'Recipients of alarms here or below',
    missing: ALWAYS_KNOWN,
  },
  acknowledgedInTime: {
    of: 'organisation',
    unit: 'share',
    nb: 'Kritiske og alvorlige varsler kvittert eller over innen 30 min, siste 30 døgn',
    en: 'Critical and major alarms acknowledged or over within 30 min, last 30 days',
    missing: { nb: 'ingen slike varsler siste 30 døgn', en: 'no such alarms in the last 30 days' },
  },
  tokenLifetimeDays: {
    of: 'organisation',
    unit: 'days',
    nb: 'Lengste gyldighet for en tjenestenøkkel',
    en: 'Longest validity of a service token',
    missing: ALWAYS_KNOWN,
  },
  looksWithoutReason: {
    of: 'organisation',
    unit: 'count',
    nb: 'Oppslag i kjørerute uten grunn, siste 30 døgn',
    en: 'Looks at a track without a reason, last 30 days',
    missing: ALWAYS_KNOWN,
  },
  riskAssessmentDays: {
    of: 'organisation',
    unit: 'days',
    nb: 'Døgn siden risikovurdering av tjenesten',
    en: 'Days since the risk assessment of the service',
    missing: NOT_ATTESTED,
    attested: true,
  },
  processorAgreementDays: {
    of: 'organisation',
    unit: 'days',
    nb: 'Døgn siden databehandleravtalen ble gjennomgått',
    en: 'Days since the data processing agreement was reviewed',
    missing: NOT_ATTESTED,
    attested: true,
  },
  positionKeepDays: {
    of: 'national',
    unit: 'days',
    nb: 'Døgn posisjoner lagres',
    en: 'Days that positions are kept',
    missing: ALWAYS_KNOWN,
  },
  keyRotationHours: {
    of: 'national',
    unit: 'h',
    nb: 'Timer mellom nye forhåndsdelte nøkler',
    en: 'Hours between new preshared keys',
    missing: ALWAYS_KNOWN,
  },
  gatewaysHeard: {
    of: 'national',
    unit: 'count',
    nb: 'Gatewayer som har meldt fra siste fem minutter',
    en: 'Gateways heard in the last five minutes',
    missing: ALWAYS_KNOWN,
  },
  gatewaySites: {
    of: 'national',
    unit: 'count',
    nb: 'Driftssteder med gateway',
    en: 'Sites with a gateway',
    missing: ALWAYS_KNOWN,
  },
  auditWhole: {
    of: 'national',
    unit: 'yes',
    nb: 'Kjeden er hel i de siste 5 000 hendelsene i revisjonsloggen',
    en: 'The chain is whole in the newest 5,000 entries of the audit log',
    missing: { nb: 'revisjonsloggen er tom', en: 'the audit log is empty' },
  },
  impactAssessmentDays: {
    of: 'national',
    unit: 'days',
    nb: 'Døgn siden vurdering av personvernkonsekvenser (DPIA)',
    en: 'Days since the data protection impact assessment (DPIA)',
    missing: NOT_ATTESTED,
    attested: true,
  },
  accessibilityStatementDays: {
    of: 'national',
    unit: 'days',
    nb: 'Døgn siden konsollen ble prøvd mot WCAG 2.1 AA uten funn',
    en: 'Days since the console was tried against WCAG 2.1 AA without findings',
    missing: NOT_ATTESTED,
    attested: true,
  },
  recoveryDrillDays: {
    of: 'national',
    unit: 'days',
    nb: 'Døgn siden plattformen ble gjenopprettet fra sikkerhetskopi i en øvelse',
    en: 'Days since the platform was restored from a back-up in a drill',
    missing: NOT_ATTESTED,
    attested: true,
  },
  intrusionTestDays: {
    of: 'national',
    unit: 'days',
    nb: 'Døgn siden inntrengningstest av tjenesten',
    en: 'Days since an intrusion test of the service',
    missing: NOT_ATTESTED,
    attested: true,
  },
} as const satisfies Readonly<Record<string, Fact>>;

export type FactName = keyof typeof FACTS;
export const FACT_NAMES = Object.keys(FACTS) as FactName[];
/** Null: not known. */
export type FactFigures = Readonly<Partial<Record<FactName, number | null>>>;

export const factOf = (name: FactName): Fact => FACTS[name];
export const ATTESTED_FACT_NAMES = FACT_NAMES.filter((name) => factOf(name).attested === true);

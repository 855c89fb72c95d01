// Information security in operation: access, configuration, software, alarms, log, recovery.
import type { Shipped } from '../shipped.ts';

export const SECURITY: readonly Shipped[] = [
  {
    code: 'S-01',
    area: 'security',
    binds: 'vehicle',
    nb: {
      title: 'Innmeldt enhet',
      text: 'Et kjøretøy i drift har en enhet som er innmeldt med egen identitet.',
    },
    en: {
      title: 'An enrolled unit',
      text: 'A vehicle in operation has a unit that is enrolled with an identity of its own.',
    },
    source: 'NSM grunnprinsipper 2.6',
    check: { need: 'all', comparisons: [{ fact: 'unitEnrolled', is: 'exactly', value: 1 }] },
  },
  {
    code: 'S-02',
    area: 'security',
    binds: 'vehicle',
    nb: {
      title: 'Programvare høyst 30 døgn etter',
      text:
        'Enheten har ikke latt en nyere programvare som er i ' +
        'bruk hos andre, ligge i mer enn 30 døgn.',
    },
    en: {
      title: 'Software at most 30 days behind',
      text: 'The unit has not left software that others use for more than 30 days.',
    },
    source: 'NSM grunnprinsipper 2.3',
    check: { need: 'all', comparisons: [{ fact: 'softwareBehindDays', is: 'at-most', value: 30 }] },
  },
  {
    code: 'S-03',
    area: 'security',
    binds: 'vehicle',
    nb: {
      title: 'Konfigurasjonen er den vedtatte',
      text:
        'Enheten har bekreftet sin konfigurasjon, og ingen ' +
        'vedtatte innstillinger venter på utrulling.',
    },
    en: {
      title: 'The configuration is the decided one',
      text: 'The unit has confirmed its configuration, and no decided setting waits for rollout.',
    },
    source: 'NSM grunnprinsipper 2.3; Normen, konfigurasjonsstyring',
    check: {
      need: 'all',
      comparisons: [
        { fact: 'configurationBehind', is: 'at-most', value: 0 },
        { fact: 'configurationConfirmed', is: 'exactly', value: 1 },
      ],
    },
  },
  {
    code: 'S-04',
    area: 'security',
    binds: 'vehicle',
    nb: {
      title: 'Plass til målinger og logg',
      text: 'Minst en tidel av lagringsplassen i enheten er ledig.',
    },
    en: {
      title: 'Room for samples and log',
      text: "At least a tenth of the unit's storage is free.",
    },
    source: 'NSM grunnprinsipper 3.2',
    check: { need: 'all', comparisons: [{ fact: 'storageShare', is: 'at-most', value: 0.9 }] },
  },
  {
    code: 'S-05',
    area: 'security',
    binds: 'vehicle',
    nb: {
      title: 'Alvorlige varsler følges opp',
      text:
        'Ingen kritiske eller alvorlige varsler for kjøretøyet ' +
        'har stått over et døgn uten kvittering.',
    },
    en: {
      title: 'Grave alarms are followed up',
      text:
        'No critical or major alarm of the vehicle has ' +
        'stood for more than a day unacknowledged.',
    },
    source: 'NSM grunnprinsipper 4.2; Normen, avvikshåndtering',
    check: { need: 'all', comparisons: [{ fact: 'graveAlarmHours', is: 'at-most', value: 24 }] },
  },
  {
    code: 'S-06',
    area: 'security',
    binds: 'rhf',
    nb: {
      title: 'Varsler kvitteres raskt',
      text:
        'Ni av ti kritiske og alvorlige varsler i regionen er ' +
        'kvittert eller over innen 30 minutter.',
    },
    en: {
      title: 'Alarms are acknowledged soon',
      text:
        'Nine in ten critical and major alarms in the region ' +
        'are acknowledged or over within 30 minutes.',
    },
    source: 'NSM grunnprinsipper 4.2',
    check: {
      need: 'all',
      comparisons: [{ fact: 'acknowledgedInTime', is: 'at-least', value: 0.9 }],
    },
  },
  {
    code: 'S-07',
    area: 'security',
    binds: 'rhf',
    nb: {
      title: 'Noen får varslene',
      text: 'Regionen har minst én mottaker av varsler og minst to som kan håndtere dem.',
    },
    en: {
      title: 'Somebody receives the alarms',
      text:
        'The region has at least one recipient of alarms and ' +
        'at least two people who may handle them.',
    },
    source: 'NSM grunnprinsipper 4.1',
    check: {
      need: 'all',
      comparisons: [
        { fact: 'recipients', is: 'at-least', value: 1 },
        { fact: 'ictOperators', is: 'at-least', value: 2 },
      ],
    },
  },
  {
    code: 'S-08',
    area: 'security',
    binds: 'rhf',
    nb: {
      title: 'Brukere som ikke brukes, stenges',
      text: 'Ingen aktive brukere i regionen har latt være å logge inn i 90 døgn.',
    },
    en: {
      title: 'Users not in use are closed',
      text: 'No active user in the region has stayed away for 90 days.',
    },
    source: 'Normen, tilgangsstyring; NSM grunnprinsipper 2.6',
    check: { need: 'all', comparisons: [{ fact: 'dormantUsers', is: 'at-most', value: 0 }] },
  },
  {
    code: 'S-09',
    area: 'security',
    binds: 'rhf',
    nb: {
      title: 'Tjenestenøkler varer høyst et år',
      text: 'Ingen tjenestenøkkel i regionen er gyldig i mer enn et år.',
    },
    en: {
      title: 'Service tokens last a year at most',
      text: 'No service token in the region is valid for more than a year.',
    },
    source: 'NSM grunnprinsipper 2.6',
    check: { need: 'all', comparisons: [{ fact: 'tokenLifetimeDays', is: 'at-most', value: 366 }] },
  },
  {
    code: 'S-10',
    area: 'security',
    binds: 'rhf',
    nb: {
      title: 'Årlig risikovurdering',
      text: 'Regionen har risikovurdert tjenesten det siste året.',
    },
    en: {
      title: 'A risk assessment each year',
      text: 'The region has assessed the risks of the service in the last year.',
    },
    source: 'Normen, risikostyring; personvernforordningen art. 32',
    check: {
      need: 'all',
      comparisons: [{ fact: 'riskAssessmentDays', is: 'at-most', value: 366 }],
    },
  },
  {
    code: 'S-11',
    area: 'security',
    binds: 'national',
    nb: {
      title: 'Revisjonsloggen er hel',
      text: 'Kjeden i revisjonsloggen er ubrutt, så ingen hendelse er endret eller fjernet.',
    },
    en: {
      title: 'The audit log is whole',
      text: 'The chain of the audit log is unbroken, so no entry was altered or taken away.',
    },
    source: 'Pasientjournalloven § 22; Normen, logging',
    check: { need: 'all', comparisons: [{ fact: 'auditWhole', is: 'exactly', value: 1 }] },
  },
  {
    code: 'S-12',
    area: 'security',
    binds: 'national',
    nb: {
      title: 'Gjenoppretting er øvd',
      text: 'Plattformen er gjenopprettet fra sikkerhetskopi i en øvelse det siste halvåret.',
    },
    en: {
      title: 'Recovery is practised',
      text: 'The platform was restored from a back-up in a drill in the last half year.',
    },
    source: 'NSM grunnprinsipper 2.9; Normen, sikkerhetskopiering',
    check: { need: 'all', comparisons: [{ fact: 'recoveryDrillDays', is: 'at-most', value: 183 }] },
  },
  {
    code: 'S-13',
    area: 'security',
    binds: 'national',
    nb: {
      title: 'Årlig inntrengningstest',
      text: 'Tjenesten er prøvd av noen som forsøker å bryte seg inn, det siste året.',
    },
    en: {
      title: 'An intrusion test each year',
      text: 'The service was tried by somebody who attempts to break in, in the last year.',
    },
    source: 'NSM grunnprinsipper 3.4',
    check: { need: 'all', comparisons: [{ fact: 'intrusionTestDays', is: 'at-most', value: 366 }] },
  },
];

// Personal data: where vehicles were, who looked, who answers for it.
import type { Shipped } from '../shipped.ts';

export const PRIVACY: readonly Shipped[] = [
  {
    code: 'P-01',
    area: 'privacy',
    binds: 'national',
    nb: {
      title: 'Posisjoner i høyst 30 døgn',
      text: 'Hvor et kjøretøy har vært, lagres i høyst 30 døgn.',
    },
    en: {
      title: 'Positions for at most 30 days',
      text: 'Where a vehicle was is kept for at most 30 days.',
    },
    source: 'Personvernforordningen art. 5 nr. 1 bokstav e',
    check: { need: 'all', comparisons: [{ fact: 'positionKeepDays', is: 'at-most', value: 30 }] },
  },
  {
    code: 'P-02',
    area: 'privacy',
    binds: 'vehicle',
    nb: {
      title: 'Enheten glemmer innen 30 døgn',
      text: 'Enheten beholder selv målinger og posisjoner i minst sju og høyst 30 døgn.',
    },
    en: {
      title: 'The unit forgets within 30 days',
      text: 'The unit itself keeps samples and positions for at least seven and at most 30 days.',
    },
    source: 'Personvernforordningen art. 5 nr. 1 bokstav e',
    check: {
      need: 'all',
      comparisons: [
        { fact: 'sampleKeepDays', is: 'at-least', value: 7 },
        { fact: 'sampleKeepDays', is: 'at-most', value: 30 },
      ],
    },
  },
  {
    code: 'P-03',
    area: 'privacy',
    binds: 'vehicle',
    nb: {
      title: 'Ingen feilsøkingslogg i drift',
      text:
        'Enheten logger ikke på feilsøkingsnivå, som kan røpe ' +
        'mer om trafikken enn driften trenger.',
    },
    en: {
      title: 'No debug log in operation',
      text:
        'The unit does not log at debug level, which may tell ' +
        'more of the traffic than operation needs.',
    },
    source: 'Personvernforordningen art. 5 nr. 1 bokstav c',
    check: { need: 'all', comparisons: [{ fact: 'debugLog', is: 'exactly', value: 0 }] },
  },
  {
    code: 'P-04',
    area: 'privacy',
    binds: 'rhf',
    nb: {
      title: 'Oppslag i kjørerute har en grunn',
      text: 'Hvert oppslag i en kjørerute siste 30 døgn har en grunn i loggen.',
    },
    en: {
      title: 'A look at a track has a reason',
      text: 'Each look at a track in the last 30 days has a reason in the log.',
    },
    source: 'Normen, logging; pasientjournalloven § 22',
    check: { need: 'all', comparisons: [{ fact: 'looksWithoutReason', is: 'at-most', value: 0 }] },
  },
  {
    code: 'P-05',
    area: 'privacy',
    binds: 'rhf',
    nb: {
      title: 'Databehandleravtale gjennomgått',
      text: 'Avtalen med den som driver tjenesten, er gjennomgått de siste to årene.',
    },
    en: {
      title: 'Data processing agreement reviewed',
      text: 'The agreement with those who run the service was reviewed in the last two years.',
    },
    source: 'Personvernforordningen art. 28; Normen, bruk av databehandler',
    check: {
      need: 'all',
      comparisons: [{ fact: 'processorAgreementDays', is: 'at-most', value: 731 }],
    },
  },
  {
    code: 'P-06',
    area: 'privacy',
    binds: 'national',
    nb: {
      title: 'Personvernkonsekvenser vurdert',
      text: 'Konsekvensene for personvernet er vurdert de siste to årene.',
    },
    en: {
      title: 'Data protection impact assessed',
      text: 'The impact on data protection was assessed in the last two years.',
    },
    source: 'Personvernforordningen art. 35',
    check: {
      need: 'all',
      comparisons: [{ fact: 'impactAssessmentDays', is: 'at-most', value: 731 }],
    },
  },
];

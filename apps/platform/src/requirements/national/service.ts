// What the service itself must give: carriers, availability, switch-over, supervision.
import type { Shipped } from '../shipped.ts';

export const SERVICE: readonly Shipped[] = [
  {
    code: 'T-01',
    area: 'service',
    binds: 'vehicle',
    nb: {
      title: 'To mobiloperatører',
      text:
        'Kjøretøyet har abonnement hos minst to operatører, ' +
        'og begge har svart den siste måneden.',
    },
    en: {
      title: 'Two carriers',
      text:
        'The vehicle has subscriptions with at least two ' +
        'carriers, and two answered in the last month.',
    },
    source: 'Normen, kommunikasjonssikkerhet; NSM grunnprinsipper 2.2',
    check: {
      need: 'all',
      comparisons: [
        { fact: 'carriersFitted', is: 'at-least', value: 2 },
        { fact: 'carriersUsed', is: 'at-least', value: 2 },
      ],
    },
  },
  {
    code: 'T-02',
    area: 'service',
    binds: 'vehicle',
    nb: {
      title: 'Prioritet i mobilnettet',
      text: 'Minst ett abonnement har prioritet, så tjenesten holder når nettet er fullt.',
    },
    en: {
      title: 'Priority in the mobile network',
      text:
        'At least one subscription has priority, so that the ' +
        'service holds when the network is full.',
    },
    source: 'Forskrift om prioritet i mobilnett',
    check: {
      need: 'all',
      comparisons: [{ fact: 'prioritySubscriptions', is: 'at-least', value: 1 }],
    },
  },
  {
    code: 'T-03',
    area: 'service',
    binds: 'vehicle',
    nb: {
      title: 'Tilgjengelighet 99,9 %',
      text:
        'Tjenesten i kjøretøyet er tilgjengelig minst 99,9 ' +
        'prosent av den kjente tiden siste 30 døgn.',
    },
    en: {
      title: 'Availability 99.9 %',
      text:
        'The service in the vehicle is available at least 99.9 per ' +
        'cent of the known time in the last 30 days.',
    },
    source: 'Pasientjournalloven § 22 (tilgjengelighet)',
    check: { need: 'all', comparisons: [{ fact: 'availability', is: 'at-least', value: 0.999 }] },
  },
  {
    code: 'T-04',
    area: 'service',
    binds: 'vehicle',
    nb: {
      title: 'Omkobling innen ett sekund',
      text:
        'Når en operatør faller ut mens en annen holder, er ' +
        'trafikken flyttet innen ett sekund.',
    },
    en: {
      title: 'Switch-over within one second',
      text: 'When a carrier falls out while another holds, traffic has moved within one second.',
    },
    source: 'Normen, kommunikasjonssikkerhet',
    check: { need: 'all', comparisons: [{ fact: 'switchoverMs', is: 'at-most', value: 1_000 }] },
  },
  {
    code: 'T-05',
    area: 'service',
    binds: 'vehicle',
    nb: {
      title: 'Kritiske pakker kommer fram',
      text: 'Høyst én av tusen kritiske pakker går tapt, og høyst én av hundre kommer for sent.',
    },
    en: {
      title: 'Critical packets arrive',
      text:
        'At most one in a thousand critical packets is lost, ' +
        'and at most one in a hundred comes late.',
    },
    source: 'Pasientjournalloven § 22 (integritet og tilgjengelighet)',
    check: {
      need: 'all',
      comparisons: [
        { fact: 'criticalLoss', is: 'at-most', value: 0.001 },
        { fact: 'criticalLate', is: 'at-most', value: 0.01 },
      ],
    },
  },
  {
    code: 'T-06',
    area: 'service',
    binds: 'vehicle',
    nb: {
      title: 'Ingen lange opphold',
      text: 'Det lengste oppholdet i tjenesten siste 30 døgn er høyst 15 minutter.',
    },
    en: {
      title: 'No long gaps',
      text: 'The longest gap in the service in the last 30 days is at most 15 minutes.',
    },
    source: 'Normen, nødprosedyrer og kontinuitet',
    check: { need: 'all', comparisons: [{ fact: 'longestGapMinutes', is: 'at-most', value: 15 }] },
  },
  {
    code: 'T-07',
    area: 'service',
    binds: 'vehicle',
    nb: {
      title: 'Målt det meste av tiden',
      text:
        'Minst 95 prosent av tiden er kjent som oppe, nede eller ' +
        'avslått. Ellers sier de andre tallene lite.',
    },
    en: {
      title: 'Measured most of the time',
      text:
        'At least 95 per cent of the time is known as up, down or ' +
        'off. Otherwise the other figures say little.',
    },
    source: 'NSM grunnprinsipper 3.2',
    check: { need: 'all', comparisons: [{ fact: 'reportedShare', is: 'at-least', value: 0.95 }] },
  },
  {
    code: 'T-08',
    area: 'service',
    binds: 'vehicle',
    nb: {
      title: 'Enheten melder fra',
      text:
        'Enheten har meldt fra de siste sju døgnene, og det som ' +
        'venter i den, er under ett døgns målinger.',
    },
    en: {
      title: 'The unit is heard',
      text:
        'The unit was heard in the last seven days, and what ' +
        'waits in it is less than a day of samples.',
    },
    source: 'NSM grunnprinsipper 3.2',
    check: {
      need: 'all',
      comparisons: [
        { fact: 'silentDays', is: 'at-most', value: 7 },
        { fact: 'samplesWaiting', is: 'at-most', value: 8_640 },
      ],
    },
  },
  {
    code: 'T-09',
    area: 'service',
    binds: 'national',
    nb: {
      title: 'To gatewayer på to steder',
      text: 'Minst to gatewayer svarer, og de står på minst to driftssteder.',
    },
    en: {
      title: 'Two gateways at two sites',
      text: 'At least two gateways answer, and they stand at two sites or more.',
    },
    source: 'NSM grunnprinsipper 2.2; Normen, nødprosedyrer og kontinuitet',
    check: {
      need: 'all',
      comparisons: [
        { fact: 'gatewaysHeard', is: 'at-least', value: 2 },
        { fact: 'gatewaySites', is: 'at-least', value: 2 },
      ],
    },
  },
  {
    code: 'T-10',
    area: 'service',
    binds: 'vehicle',
    nb: {
      title: 'Omkobling vist i prøvekjøring',
      text: 'I den siste målte prøvekjøringen var trafikken flyttet innen ett sekund.',
    },
    en: {
      title: 'Switch-over shown in a drive',
      text: 'In the last measured acceptance drive, traffic had moved within one second.',
    },
    source: 'Normen, nødprosedyrer og kontinuitet',
    check: {
      need: 'all',
      comparisons: [{ fact: 'driveSwitchoverMs', is: 'at-most', value: 1_000 }],
    },
  },
];

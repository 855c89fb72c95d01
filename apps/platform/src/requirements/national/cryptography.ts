// Keys: post-quantum protection, their age and their number.
import type { Shipped } from '../shipped.ts';

export const CRYPTOGRAPHY: readonly Shipped[] = [
  {
    code: 'K-01',
    area: 'cryptography',
    binds: 'vehicle',
    nb: {
      title: 'Kvantesikker nøkkel byttes hvert døgn',
      text:
        'Den forhåndsdelte nøkkelen, som verner mot kvantemaskiner, er ' +
        'høyst ett døgn gammel; en time går til selve byttet.',
    },
    en: {
      title: 'Post-quantum key changed each day',
      text:
        'The preshared key, which protects against quantum computers, is at ' +
        'most a day old; the change itself may take an hour.',
    },
    source: 'NSM kryptografiske anbefalinger (kvanteresistent nøkkelutveksling)',
    check: { need: 'all', comparisons: [{ fact: 'keyAgeHours', is: 'at-most', value: 25 }] },
  },
  {
    code: 'K-02',
    area: 'cryptography',
    binds: 'vehicle',
    nb: {
      title: 'Nøkkel med to gatewayer',
      text:
        'Enheten deler nøkkel med minst to gatewayer, så den ' +
        'er vernet også når den ene faller ut.',
    },
    en: {
      title: 'A key with two gateways',
      text:
        'The unit shares a key with at least two gateways, so ' +
        'that it is protected when one falls out.',
    },
    source: 'NSM grunnprinsipper 2.7',
    check: { need: 'all', comparisons: [{ fact: 'gatewaysKeyed', is: 'at-least', value: 2 }] },
  },
  {
    code: 'K-03',
    area: 'cryptography',
    binds: 'vehicle',
    nb: {
      title: 'Identiteten fornyes hvert annet år',
      text: 'Nøkkelen som enheten beviser seg med, er høyst to år gammel.',
    },
    en: {
      title: 'Identity renewed every other year',
      text: 'The key by which the unit proves itself is at most two years old.',
    },
    source: 'NSM kryptografiske anbefalinger; NIST SP 800-57 del 1, 5.3.6',
    check: { need: 'all', comparisons: [{ fact: 'identityAgeDays', is: 'at-most', value: 731 }] },
  },
  {
    code: 'K-04',
    area: 'cryptography',
    binds: 'national',
    nb: {
      title: 'Nye nøkler minst hvert døgn',
      text: 'Tjenesten er satt til å bytte forhåndsdelte nøkler minst hver 24. time.',
    },
    en: {
      title: 'New keys each day at least',
      text: 'The service is set to change preshared keys every 24 hours at least.',
    },
    source: 'NSM kryptografiske anbefalinger',
    check: { need: 'all', comparisons: [{ fact: 'keyRotationHours', is: 'at-most', value: 24 }] },
  },
];

// That everybody can use the console.
import type { Shipped } from '../shipped.ts';

export const ACCESSIBILITY: readonly Shipped[] = [
  {
    code: 'U-01',
    area: 'accessibility',
    binds: 'national',
    nb: {
      title: 'Konsollen følger WCAG 2.1 AA',
      text: 'Konsollen er prøvd mot WCAG 2.1 AA det siste året, uten funn som ikke er rettet.',
    },
    en: {
      title: 'The console follows WCAG 2.1 AA',
      text: 'The console was tried against WCAG 2.1 AA in the last year, without findings left.',
    },
    source: 'Forskrift om universell utforming av IKT-løsninger § 4; WCAG 2.1 AA',
    check: {
      need: 'all',
      comparisons: [{ fact: 'accessibilityStatementDays', is: 'at-most', value: 366 }],
    },
  },
];

import assert from 'node:assert/strict';
import test from 'node:test';
import { causeOf, type OutageFacts } from './cause.ts';

const silent: OutageFacts = {
  link: null,
  lengthMs: 20_000,
  runEnd: null,
  downMs: 60_000,
  absentMs: 0,
  bestLostMs: 20_000,
  gateway: null,
};
const ofLink: OutageFacts = { ...silent, link: 'telia', downMs: 20_000, bestLostMs: 300 };

const cases: readonly [string, OutageFacts, string][] = [
  ['One link while another carried is the carrier', ofLink, 'carrier'],
  ['A modem that was away is the unit', { ...ofLink, downMs: 1_000, absentMs: 19_000 }, 'unit'],
  ['An outage that a power cut ended is power', { ...ofLink, runEnd: 'power' }, 'power'],
  ['An outage that a crash ended is the unit', { ...silent, runEnd: 'crashed' }, 'unit'],
  ['A run that was stopped says nothing', { ...ofLink, runEnd: 'stopped' }, 'carrier'],
  [
    'A gateway that lost all its units is the gateway',
    { ...silent, gateway: { others: 60, lost: 60 } },
    'gateway',
  ],
  [
    'A gateway that served the others leaves the carriers',
    { ...silent, gateway: { others: 60, lost: 3 } },
    'carrier',
  ],
  [
    'One other unit at the gateway is too few to tell',
    { ...silent, gateway: { others: 1, lost: 1 } },
    'unknown',
  ],
  ['Carriers there and no service is the gateway', { ...silent, bestLostMs: 100 }, 'gateway'],
  ['All silent and nobody saw is unknown', silent, 'unknown'],
];

for (const [claim, facts, cause] of cases) {
  test(claim, () => assert.equal(causeOf(facts), cause));
}

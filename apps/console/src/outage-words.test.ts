import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type OutageTold, outageText } from './outage-words.ts';

const NAMES = new Map([
  ['telia', 'Telia'],
  ['telenor', 'Telenor'],
]);
const name = (link: string): string => NAMES.get(link) ?? link;
const FROM = Date.parse('2026-11-25T13:02:11.000Z');
const TOLD: OutageTold = {
  link: 'telia',
  fromMs: FROM,
  toMs: FROM + 2_300,
  movedTo: 'telenor',
  movedAfterMs: 60,
  criticalLost: 0,
  frozenMs: 200,
};

test('An outage of a carrier tells where the traffic went and what was lost', () => {
  assert.equal(
    outageText('nb', TOLD, name),
    'Telia borte 2,3 s fra 14:02:11; flyttet til Telenor etter 60 ms; ' +
      '0 kritiske pakker tapt; video frøs 200 ms.',
  );
  assert.equal(
    outageText('en', TOLD, name),
    'Telia gone 2.3 s from 14:02:11; moved to Telenor after 60 ms; ' +
      '0 critical packets lost; video froze 200 ms.',
  );
});

test('An outage that goes on, of the whole service, is told as such', () => {
  const told = { ...TOLD, link: null, toMs: null, movedTo: null, movedAfterMs: null, frozenMs: 0 };
  assert.equal(
    outageText('nb', { ...told, criticalLost: 1 }, name),
    'Tjenesten borte siden 14:02:11; 1 kritisk pakke tapt.',
  );
});

test('A freeze that nobody sees is not told, and an unknown link keeps its name', () => {
  const text = outageText('nb', { ...TOLD, link: 'leo', frozenMs: 99, movedTo: null }, name);
  assert.equal(text, 'leo borte 2,3 s fra 14:02:11; ingenting å flytte; 0 kritiske pakker tapt.');
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import type { Evidence } from '@rmh/contract/api';
import { Identity } from '@rmh/contract/daemon';
import { runPlatform } from '../main.ts';
import { canonical, packText, sign, verifyPack } from './pack.ts';
import { commandsFor, MOVES, move } from './states.ts';

const EVIDENCE: Evidence = {
  format: 'rmh-evidence-1',
  caseId: 7,
  version: 1,
  frozenAt: '2026-11-26T03:00:00.000Z',
  kind: 'area',
  simulated: false,
  carrier: { key: 'telia', name: 'Telia «Ø»' },
  from: '2026-11-26T02:00:00.000Z',
  to: '2026-11-26T02:10:00.000Z',
  cells: [{ cell: '8609990dfffffff', vehicles: 3, lostMs: 1_800_000 }],
  lostMs: 1_800_000,
  vehiclesStruck: 3,
  vehiclesServed: 3,
  vehiclesFine: 0,
  held: [{ carrier: 'telenor', vehicles: 3 }],
  vehicles: [],
  days: [],
};
const key = (seed: number) => new Identity(new Uint8Array(32).fill(seed));

test('A pack is whole for its key, and for no other', () => {
  const identity = key(1);
  const text = packText(sign(EVIDENCE, identity));
  assert.equal(verifyPack(text, identity.publicKey).kind, 'whole');
  assert.equal(verifyPack(text, key(2).publicKey).kind, 'other-key');
});

test('Any one altered, added or missing byte of a pack is noticed', () => {
  const identity = key(1);
  const bytes = Buffer.from(packText(sign(EVIDENCE, identity)));
  const random = new Random(11);
  for (let at = 0; at < bytes.length; at++) {
    const altered = Buffer.from(bytes);
    altered[at] = (altered[at] ?? 0) ^ (1 + random.below(127));
    const verdict = verifyPack(altered.toString(), identity.publicKey);
    assert.notEqual(verdict.kind, 'whole', `byte ${at}`);
    const cut = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
    assert.notEqual(verifyPack(cut.toString(), identity.publicKey).kind, 'whole', `cut ${at}`);
  }
  assert.equal(verifyPack(` ${bytes.toString()}`, identity.publicKey).kind, 'not-canonical');
});

test('The command checks a file without a platform, and says no to an altered one', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rmh-pack-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const identity = key(1);
  const text = packText(sign(EVIDENCE, identity));
  const said: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    t.mock.method(stream, 'write', (line: string) => said.push(line) > 0);
  }
  const check = async (content: string) => {
    const file = join(folder, 'pack.json');
    writeFileSync(file, content);
    return await runPlatform(['evidence', '--in', file, '--key', identity.publicKey]);
  };
  const codes = [await check(text), await check(text.replace('"version":1', '"version":2'))];
  t.mock.restoreAll();
  assert.deepEqual(codes, [0, 2]);
  assert.match(said[0] ?? '', /^whole: case 7, version 1/);
  assert.match(said[1] ?? '', /altered since it was signed/);
});

test('Canonical JSON does not depend on the order in which fields were set', () => {
  assert.equal(canonical({ b: [{ d: 1, c: 2 }], a: 'ø' }), '{"a":"ø","b":[{"c":2,"d":1}]}');
});

test('Each side has its own commands in each state; whatever ended takes none', () => {
  assert.deepEqual(commandsFor('open', 'health'), ['send', 'withdraw']);
  assert.deepEqual(commandsFor('open', 'carrier'), []);
  assert.deepEqual(commandsFor('sent', 'carrier'), ['acknowledge', 'progress', 'resolve']);
  assert.equal(move('sent', 'withdraw', 'carrier'), null);
  assert.deepEqual(commandsFor('resolved', 'health'), ['reopen', 'close']);
  for (const state of ['closed', 'withdrawn'] as const) assert.deepEqual(MOVES[state], {});
});

// A policy on its way from the platform to the data plane, with what goes wrong with it.
import { strict as assert } from 'node:assert';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { DataplaneCommand } from '@rmh/contract';
import { BUILT_IN, type Configuration, type UnitConfiguration } from '@rmh/contract/api';
import { NATIONAL_FILE, parsePolicy } from '@rmh/contract/daemon';
import { keepLog } from '@rmh/contract/fakes';
import { ClockFloor } from '../clock-floor.ts';
import { loadedUnit } from '../load.fake.ts';
import { Unit } from '../unit.ts';
import { Follower, type FollowerPorts } from './follower.ts';
import { Kept } from './kept.ts';
import { overlay } from './overlay.ts';

const folder = mkdtempSync(join(tmpdir(), 'rmh-policy-'));
after(() => rmSync(folder, { recursive: true }));
let made = 0;

const BASE = loadedUnit({ links: [{ name: 'telenor', device: 'wwan0' }] });
const TEXT = readFileSync(NATIONAL_FILE, 'utf8').replace('name: national-1', 'name: winter-2');

/** A unit whose platform wants these values; time passes only when somebody pauses. */
function follow(values: Partial<Configuration>, isReached = () => true) {
  const log = keepLog();
  const kept = new Kept(join(folder, String(made++)));
  const told: unknown[] = [];
  const sent: DataplaneCommand[] = [];
  const wanted: UnitConfiguration = {
    version: 3,
    values: { ...BUILT_IN, ...values },
    confirmWithinS: 30,
  };
  const withKept = (configuration: UnitConfiguration | null) =>
    overlay(BASE, { tunnel: null, configuration, ahead: new Set() });
  const reload = () => withKept(kept.configuration.trial ?? kept.configuration.good);
  const nowMs = () => 0;
  const unit = new Unit(BASE, { log, clock: new ClockFloor(folder, log), reload, nowMs });
  let steadyMs = 0;
  const ask = async (path: string, _reply: unknown, call: { body?: unknown }) => {
    if (path.endsWith('/tunnel')) return { kind: 'refused', status: 404, type: 'not-found' };
    if (!path.endsWith('/outcome')) return { kind: 'answer', body: wanted };
    if (!isReached()) return { kind: 'silent' };
    told.push(call.body);
    return { kind: 'answer', body: null };
  };
  const follower = new Follower({
    link: { ask: ask as unknown as FollowerPorts['link']['ask'], reset: () => {} },
    kept,
    log,
    check: (_tunnel, configuration) => void withKept(configuration),
    apply: () => sent.push(...unit.reload()),
    isUp: () => true,
    pause: async (ms) => {
      steadyMs += ms;
    },
    steadyMs: () => steadyMs,
    signal: new AbortController().signal,
    wasStopped: false,
  });
  const names = () =>
    sent.flatMap((one) => (one.kind === 'policy.set' ? [one.policy?.name ?? null] : []));
  return { follower, unit, log, told, sent, names };
}

test('A policy of the platform is in the data plane while it is tried: no restart', async () => {
  const { follower, unit, log, told, sent, names } = follow({ policyText: TEXT });
  await follower.round();
  assert.deepEqual(names(), ['winter-2']);
  const set = sent.find(({ kind }) => kind === 'policy.set');
  assert.deepEqual(set, { kind: 'policy.set', policy: parsePolicy(TEXT, 'policy') });
  assert.equal(unit.dataplaneConfig().policy?.name, 'winter-2', 'also of one that begins anew');
  assert.deepEqual(told, [{ version: 3, outcome: 'confirmed', reason: null }]);
  const lines = log.lines.map(({ event, fields }) => [event, fields['policy'] ?? null]);
  assert.deepEqual(lines.slice(0, 1), [['policy.taken', 'winter-2']]);
  assert.ok(!lines.some(([event]) => event === 'reload.restart_needed'));
});

test('What may be sent twice follows at once, without a policy of its own', async () => {
  const { follower, sent } = follow({ duplicateShareMost: 0.05 });
  await follower.round();
  const shares = sent.flatMap((one) =>
    one.kind === 'policy.set' ? [one.policy?.duplicateShareMost] : [],
  );
  assert.deepEqual(shares, [0.05]);
});

test('A policy that cannot be used goes no further, and the platform hears of it', async () => {
  const { follower, log, told, names } = follow({ policyText: TEXT.replace('0.2', '7') });
  await follower.round();
  assert.deepEqual(names(), []);
  assert.deepEqual(
    told.map((one) => (one as { outcome: string }).outcome),
    ['refused'],
  );
  const said = log.lines.find(({ event }) => event === 'platform.unusable');
  assert.match(String(said?.fields['fault']), /duplicateShareMost/);
});

test('A policy with which the platform cannot be reached gives way to the one before', async () => {
  let tries = 0;
  const { follower, told, names } = follow({ policyText: TEXT }, () => ++tries > 40);
  await follower.round();
  assert.deepEqual(names(), ['winter-2', null]);
  for (let i = 0; i < 50 && told.length === 0; i++) await follower.round();
  assert.deepEqual(told, [
    {
      version: 3,
      outcome: 'fell-back',
      reason: 'the platform was not reached within 30 s',
    },
  ]);
  assert.deepEqual(names(), ['winter-2', null], 'and it is not tried again');
});

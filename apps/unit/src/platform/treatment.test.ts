// From a mission to the data plane: the policy it gets, and which links it spares.
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type DataplaneCommand, type Policy, RmhError } from '@rmh/contract';
import { BUILT_IN, type Urgency } from '@rmh/contract/api';
import { type LinkFact, NATIONAL_FILE, readPolicy } from '@rmh/contract/daemon';
import { keepLog } from '@rmh/contract/fakes';
import { ClockFloor } from '../clock-floor.ts';
import { DataUse } from '../data-use.ts';
import { loadedUnit } from '../load.fake.ts';
import { Unit } from '../unit.ts';
import { treated, treatmentFor } from './treatment.ts';

const folder = mkdtempSync(join(tmpdir(), 'rmh-treated-'));
after(() => rmSync(folder, { recursive: true }));

const NATIONAL = readPolicy(NATIONAL_FILE);
const ACUTE = treatmentFor('acute', BUILT_IN.missions);

test('A mission allows more copies than the policy, and never fewer', () => {
  assert.equal(treated(null, null), null, 'the control: no mission, no policy of its own');
  assert.deepEqual(treated(null, ACUTE), { ...NATIONAL, duplicateShareMost: 0.5 });
  const generous: Policy = { ...NATIONAL, name: 'generous', duplicateShareMost: 0.8 };
  assert.equal(treated(generous, ACUTE), generous);
});

test('An urgency that is not named changes nothing', () => {
  assert.equal(treatmentFor('ordinary', BUILT_IN.missions), null);
  assert.equal(treatmentFor(null, BUILT_IN.missions), null);
  assert.equal(treatmentFor('acute', []), null);
});

const BASE = loadedUnit(
  { links: [{ name: 'telenor', device: 'wwan0' }] },
  // Nothing may be used: it is spent from the start.
  { budgets: new Map([['telenor', 0]]) },
);
const FACTS: LinkFact[] = [
  { index: 5, name: 'wwan0', up: true, carrier: true, addresses: ['10.9.0.2/30'] },
];

/** A unit whose file can be broken, and whose mission a test sets. */
function unitOn() {
  const log = keepLog();
  const world = { urgency: null as Urgency | null, isBroken: false };
  const unit = new Unit(BASE, {
    log,
    clock: new ClockFloor(folder, log),
    nowMs: () => 0,
    dataUse: new DataUse(folder, log, 0),
    reload: () => {
      if (world.isBroken) throw new RmhError('RMH_CONFIG_INVALID', 'unit.yaml:3 is no YAML');
      return BASE;
    },
    dispatch: {
      get mission() {
        return world.urgency === null ? null : { urgency: world.urgency, leftSeconds: 60 };
      },
      get treatment() {
        return treatmentFor(world.urgency, BUILT_IN.missions);
      },
    },
  });
  const be = (urgency: Urgency | null) => {
    world.urgency = urgency;
    return unit.treat();
  };
  return { unit, world, be };
}

const policyIn = (commands: readonly DataplaneCommand[]) =>
  commands.flatMap((one) => (one.kind === 'policy.set' ? [one.policy] : []));
const sparedIn = (commands: readonly DataplaneCommand[]) =>
  commands.flatMap((one) => (one.kind === 'link.spare' ? [one.from] : []));

test('A mission is in the data plane at once, and gone at once', () => {
  const { unit, be } = unitOn();
  assert.deepEqual(sparedIn(unit.observe(FACTS)), ['interactive']);
  const acute = be('acute');
  assert.deepEqual(policyIn(acute), [{ ...NATIONAL, duplicateShareMost: 0.5 }]);
  assert.deepEqual(sparedIn(acute), ['bulk']);
  assert.deepEqual(unit.mission(), { urgency: 'acute', leftSeconds: 60 });
  assert.equal(unit.dataplaneConfig().policy?.duplicateShareMost, 0.5, 'also of one that begins');
  const urgent = be('urgent');
  assert.equal(policyIn(urgent)[0]?.duplicateShareMost, 0.33);
  assert.deepEqual(sparedIn(urgent), [], 'the same links, spared by the same packets');
  const over = be(null);
  assert.deepEqual(policyIn(over), [null]);
  assert.deepEqual(sparedIn(over), ['interactive']);
  assert.equal(unit.dataplaneConfig().policy, null);
});

test('A mission ends also where unit.yaml is broken meanwhile', () => {
  const { unit, world, be } = unitOn();
  be('acute');
  world.isBroken = true;
  assert.deepEqual(unit.reload(), [], 'the control: nothing of the file is taken');
  assert.deepEqual(policyIn(be(null)), [null]);
});

test('A reload amid a mission keeps its treatment', () => {
  const { unit, be } = unitOn();
  be('acute');
  assert.equal(policyIn(unit.reload())[0]?.duplicateShareMost, 0.5);
});

import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { UnitMission, Urgency } from '@rmh/contract/api';
import { keepLog } from '@rmh/contract/fakes';
import { Kept } from './kept.ts';
import { type MissionPorts, MissionWatch } from './mission.ts';

const folder = mkdtempSync(join(tmpdir(), 'rmh-mission-'));
after(() => rmSync(folder, { recursive: true }));
let made = 0;

const MINUTE_MS = 60_000;
const NONE: UnitMission = { version: 'none', mission: null };
const acute = (minutes: number, urgency: Urgency = 'acute'): UnitMission => {
  return { version: `${urgency} ${minutes}`, mission: { urgency, leftMs: minutes * MINUTE_MS } };
};

/** A unit with two clocks of its own; the platform says what the test told it to say. */
class World {
  readonly directory = join(folder, String(made++));
  readonly log = keepLog();
  readonly holds: string[] = [];
  nowMs = Date.UTC(2026, 10, 26, 12);
  steadyMs = 5_000;
  changes = 0;
  /** Null: it does not answer. */
  says: UnitMission | null = NONE;
  kept = new Kept(this.directory);
  watch = this.#begin();

  #begin(): MissionWatch {
    const ask = async (_path: string, _reply: unknown, call: { query: { holds: string } }) => {
      this.holds.push(call.query.holds);
      return this.says === null ? { kind: 'silent' } : { kind: 'answer', body: this.says };
    };
    return new MissionWatch({
      link: { ask: ask as unknown as MissionPorts['link']['ask'] },
      kept: this.kept,
      log: this.log,
      changed: () => {
        this.changes++;
      },
      pause: async () => {},
      nowMs: () => this.nowMs,
      steadyMs: () => this.steadyMs,
      signal: new AbortController().signal,
    });
  }

  /** The unit goes on, looking each second. */
  pass(ms: number): void {
    for (let t = 0; t < ms; t += 1_000) {
      this.nowMs += 1_000;
      this.steadyMs += 1_000;
      this.watch.look();
    }
  }

  /** As after SIGKILL, and so long later: the steady clock begins anew, wherever it likes. */
  restart(offMs: number, wallIsOffByMs = 0): void {
    this.nowMs += offMs + wallIsOffByMs;
    this.steadyMs = 70;
    this.kept = new Kept(this.directory);
    this.watch = this.#begin();
  }

  events(): string[] {
    return this.log.lines.map(({ event, fields }) => [event, fields['how']].join(' ').trim());
  }
}

async function onMission(minutes: number): Promise<World> {
  const world = new World();
  world.says = acute(minutes);
  await world.watch.round();
  assert.equal(world.watch.urgency, 'acute');
  assert.equal(world.changes, 1);
  return world;
}

test('A mission is in force as soon as it is heard of, and until dispatch ends it', async () => {
  const world = await onMission(20);
  world.says = acute(20, 'urgent');
  await world.watch.round();
  assert.equal(world.watch.urgency, 'urgent');
  world.says = NONE;
  await world.watch.round();
  assert.equal(world.watch.urgency, null);
  assert.equal(world.changes, 3);
  assert.deepEqual(world.holds, ['', 'acute 20', 'urgent 20']);
  assert.deepEqual(world.events(), ['mission.taken', 'mission.taken', 'mission.over ended']);
  await world.watch.round();
  assert.equal(world.changes, 3, 'none again changes nothing');
});

test('Told again it lasts longer, and what is sent is treated as before', async () => {
  const world = await onMission(20);
  world.pass(15 * MINUTE_MS);
  world.says = acute(30);
  await world.watch.round();
  world.pass(29 * MINUTE_MS);
  assert.equal(world.watch.urgency, 'acute');
  assert.equal(world.changes, 1);
});

test('With the platform away it ends by itself, to the second', async () => {
  const world = await onMission(20);
  world.says = null;
  world.pass(20 * MINUTE_MS - 1_000);
  await world.watch.round();
  assert.equal(world.watch.urgency, 'acute');
  world.pass(1_000);
  assert.equal(world.watch.urgency, null);
  assert.equal(world.changes, 2);
  assert.deepEqual(world.events(), ['mission.taken', 'mission.over expired']);
});

test('A wall clock that is set, either way, changes nothing while the unit runs', async () => {
  for (const setMs of [-3_600_000, 3_600_000]) {
    const world = await onMission(20);
    world.nowMs += setMs;
    world.pass(20 * MINUTE_MS - 1_000);
    assert.equal(world.watch.urgency, 'acute');
    world.pass(1_000);
    assert.equal(world.watch.urgency, null);
  }
});

test('A restart before the end keeps it for what is left; one after the end does not', async () => {
  const before = await onMission(20);
  before.pass(5 * MINUTE_MS);
  before.says = null;
  before.restart(5 * MINUTE_MS);
  assert.equal(before.watch.urgency, 'acute');
  before.restart(0);
  before.pass(10 * MINUTE_MS - 1_000);
  assert.equal(before.watch.urgency, 'acute');
  before.pass(1_000);
  assert.equal(before.watch.urgency, null);
  before.restart(0);
  assert.equal(before.watch.urgency, null, 'what was over stays so');

  const late = await onMission(20);
  late.restart(20 * MINUTE_MS);
  assert.equal(late.watch.urgency, null);
  late.says = acute(3);
  await late.watch.round();
  assert.equal(late.holds.at(-1), '', 'and the platform has the last word');
  assert.equal(late.watch.urgency, 'acute');
});

test('Over a restart with a clock that was set back it lasts a minute more at most', async () => {
  const world = await onMission(20);
  world.pass(15 * MINUTE_MS + 45_000);
  world.restart(0, -30_000);
  assert.equal(world.watch.urgency, 'acute');
  world.pass(4 * MINUTE_MS + 15_000 + 60_000);
  assert.equal(world.watch.urgency, null);
  const far = await onMission(20);
  far.pass(15 * MINUTE_MS);
  far.restart(0, -10 * MINUTE_MS);
  assert.equal(far.watch.urgency, null, 'before what is on disk: nobody knows what has passed');
  const forward = await onMission(20);
  forward.restart(0, 30 * MINUTE_MS);
  assert.equal(forward.watch.urgency, null, 'forwards it ends early, until the platform is heard');
});

test('A disk that refuses does not hold a mission up, and is said', async () => {
  const world = new World();
  rmSync(world.directory, { recursive: true });
  writeFileSync(world.directory, '');
  world.says = acute(20);
  await world.watch.round();
  assert.equal(world.watch.urgency, 'acute');
  assert.deepEqual(world.events(), ['platform.unusable', 'mission.taken']);
  world.pass(20 * MINUTE_MS);
  assert.equal(world.watch.urgency, null);
});

test('A platform that is silent, or knows no missions, is not asked in a circle', async () => {
  const world = new World();
  world.says = null;
  const pauses = [];
  for (let i = 0; i < 12; i++) pauses.push(await world.watch.round());
  assert.ok((pauses[0] ?? 0) >= 500, `${pauses[0]} ms`);
  assert.ok(
    pauses.slice(5).every((ms) => ms >= 5_000 && ms <= 15_000),
    pauses.join(' '),
  );
});

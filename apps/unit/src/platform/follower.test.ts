import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BUILT_IN, type UnitConfiguration, type UnitTunnel } from '@rmh/contract/api';
import { keepLog } from '@rmh/contract/fakes';
import { Follower, type FollowerPorts } from './follower.ts';
import { Kept } from './kept.ts';

const folder = mkdtempSync(join(tmpdir(), 'rmh-follow-'));
after(() => rmSync(folder, { recursive: true }));
let made = 0;
const KEY = 'GAjYJaAI8xUIN/TyY3Ymmh4DTaOXvMTZAYhWoz0ajnw=';

function configuration(version: number, confirmWithinS = 30): UnitConfiguration {
  return { version, values: BUILT_IN, confirmWithinS };
}

function tunnel(version: number): UnitTunnel {
  const keys = { publicKey: KEY, presharedKey: KEY, nextPresharedKey: null };
  const gateway = { name: 'oslo', ...keys, endpoint: '192.0.2.1:1', allowedIps: ['10.0.0.0/8'] };
  return { version, addresses: ['10.64.0.1/32'], lan: null, gateways: [gateway] };
}

/** A unit and a platform, with time that passes only when somebody pauses. */
class World {
  readonly directory: string;
  readonly log = keepLog();
  readonly told: unknown[] = [];
  readonly holds: (number | undefined)[] = [];
  kept: Kept;
  steadyMs = 0;
  applied = 0;
  resets = 0;
  up = true;
  /** What the platform wants, or null: nothing of it. */
  wanted: UnitConfiguration | null = null;
  tunnel: UnitTunnel | null = null;
  /** The platform is reached. */
  reached: () => boolean = () => true;
  /** The unit cannot run with it. */
  unusable: () => boolean = () => false;

  constructor() {
    this.directory = join(folder, String(made++));
    this.kept = new Kept(this.directory);
  }

  follower(wasStopped = false): Follower {
    const ask = async (path: string, _reply: unknown, call: { body?: unknown; query?: object }) => {
      if (!this.reached()) return { kind: 'silent' };
      const query = call.query as { holds?: number } | undefined;
      if (path.endsWith('/tunnel')) this.holds.push(query?.holds);
      if (path.endsWith('/outcome')) {
        this.told.push(call.body);
        return { kind: 'answer', body: null };
      }
      const body = path.endsWith('/tunnel') ? this.tunnel : this.wanted;
      const refused = { kind: 'refused', status: 404, type: 'not-found' } as const;
      return body === null ? refused : { kind: 'answer', body };
    };
    const ports: FollowerPorts = {
      link: {
        ask: ask as unknown as FollowerPorts['link']['ask'],
        reset: () => {
          this.resets++;
        },
      },
      kept: this.kept,
      log: this.log,
      check: () => {
        if (this.unusable()) throw new Error('no');
      },
      apply: () => {
        this.applied++;
      },
      isUp: () => this.up,
      pause: async (ms) => {
        this.steadyMs += ms;
      },
      steadyMs: () => this.steadyMs,
      signal: new AbortController().signal,
      wasStopped,
    };
    return new Follower(ports);
  }

  /** As after SIGKILL. */
  restart(wasStopped = false): Follower {
    this.kept = new Kept(this.directory);
    return this.follower(wasStopped);
  }

  events(): string[] {
    return this.log.lines.map(({ event }) => event);
  }
}

test('A configuration is in force, then confirmed over a new connection, then kept', async () => {
  const world = new World();
  world.wanted = configuration(3);
  const follower = world.follower();
  await follower.round();
  assert.equal(world.applied, 1);
  assert.equal(world.resets, 1);
  assert.deepEqual(world.told, [{ version: 3, outcome: 'confirmed', reason: null }]);
  assert.equal(world.kept.configuration.good?.version, 3);
  assert.equal(world.kept.configuration.trial, null);
  await follower.round();
  assert.equal(world.applied, 1, 'the same version is not applied again');
  assert.equal(new Kept(world.directory).configuration.good?.version, 3);
});

test('Without the platform in time the unit falls back and shuns the version', async () => {
  const world = new World();
  const follower = world.follower();
  world.wanted = configuration(3);
  await follower.round();
  world.wanted = configuration(4, 20);
  let asked = false;
  world.reached = () => {
    // The question for the configuration gets through; what comes after it does not.
    if (world.kept.configuration.trial !== null) asked = true;
    return !asked;
  };
  const beganMs = world.steadyMs;
  await follower.round();
  assert.ok(world.steadyMs - beganMs >= 20_000);
  assert.equal(world.kept.configuration.good?.version, 3);
  assert.equal(world.kept.configuration.trial, null);
  assert.equal(world.applied, 3, 'the trial, and the one before again');
  world.reached = () => true;
  await follower.round();
  const reason = 'the platform was not reached within 20 s';
  assert.deepEqual(world.told.at(-1), { version: 4, outcome: 'fell-back', reason });
  assert.equal(world.applied, 3);
  assert.ok(world.events().includes('configuration.fell_back'));
  world.wanted = configuration(5);
  await follower.round();
  assert.equal(world.kept.configuration.good?.version, 5);
});

test('A unit that restarts during a trial falls back before anything runs', async () => {
  const world = new World();
  world.kept.setConfiguration({ good: configuration(3), trial: configuration(4) });
  world.wanted = configuration(4);
  const follower = world.restart();
  assert.equal(world.kept.configuration.trial, null);
  await follower.round();
  assert.deepEqual(world.told, [
    { version: 4, outcome: 'fell-back', reason: 'the unit restarted during the trial' },
  ]);
  assert.equal(world.applied, 0);
  assert.equal(world.kept.configuration.good?.version, 3);
});

test('A unit that was parked during a trial tries again', async () => {
  const world = new World();
  world.kept.setConfiguration({ good: configuration(3), trial: configuration(4) });
  world.wanted = configuration(4);
  const follower = world.restart(true);
  assert.equal(world.kept.configuration.trial, null);
  await follower.round();
  assert.equal(world.kept.configuration.good?.version, 4);
});

test('A configuration that the unit cannot run with is refused and never in force', async () => {
  const world = new World();
  world.unusable = () => true;
  world.wanted = configuration(3);
  const follower = world.follower();
  await follower.round();
  await follower.round();
  assert.equal(world.applied, 0);
  assert.deepEqual(
    world.told.map((one) => (one as { outcome: string }).outcome),
    ['refused'],
  );
});

test('A unit that was told nothing keeps its own file', async () => {
  const world = new World();
  world.wanted = configuration(0);
  await world.follower().round();
  assert.equal(world.applied, 0);
});

test('A tunnel is kept, in force, and then said to be held', async () => {
  const world = new World();
  const follower = world.follower();
  world.tunnel = tunnel(1);
  await follower.round();
  assert.equal(world.applied, 1);
  await follower.round();
  assert.deepEqual(world.holds, [undefined, 1]);
  assert.equal(world.applied, 1);
  assert.equal(new Kept(world.directory).tunnel?.version, 1);
});

test('A tunnel without a gateway that answers makes way for the one before', async () => {
  const world = new World();
  const follower = world.follower();
  world.tunnel = tunnel(1);
  await follower.round();
  world.tunnel = tunnel(2);
  const before = world.kept.setTunnel.bind(world.kept);
  world.kept.setTunnel = (next) => {
    before(next);
    world.up = next.version === 1;
  };
  await follower.round();
  assert.equal(world.kept.tunnel?.version, 1);
  assert.equal(world.applied, 3);
  await follower.round();
  assert.equal(world.applied, 3);
  assert.ok(world.events().includes('platform.unusable'));
});

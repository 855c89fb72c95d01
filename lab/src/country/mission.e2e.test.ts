// From dispatch's word to how a unit treats what it sends: a real platform, and the unit's own side
// of it.
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '@rmh/base';
import { BUILT_IN, type MissionTreatment, type Urgency } from '@rmh/contract/api';
import type { Identity } from '@rmh/contract/daemon';
import { keepLog } from '@rmh/contract/fakes';
import { PlatformLink, pinnedFetch } from '@rmh/contract/machine';
import { PlatformClient } from '../bench/platform-client.ts';
import { makeFleet, type Voice } from '../bench/platform-fleet.ts';
import { freePort, LivePlatform } from './live-platform.ts';

// The lab imports no app; what a unit does with the platform's word is the app's own part.
const PART = new URL('../../../apps/unit/src/platform/platform.ts', import.meta.url).href;

/** Of `apps/unit/src/platform/platform.ts`. */
interface Part {
  readonly treatment: MissionTreatment | null;
  begun(reload: () => void, treat: () => void): void;
  ended(): Promise<void>;
}

/** 2 s are promised; a machine that does much else is given ten times as long. */
const WAIT_MS_MAX = 20_000;
const ROUNDS = 20;

test('What dispatch says of a vehicle holds in it within 2 s, and so does its end', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'rmh-mission-'));
  const port = await freePort();
  const platform = await LivePlatform.start({
    directory: join(directory, 'platform'),
    port,
    machinesBeside: true,
  });
  const client = new PlatformClient(port);
  let part: Part | null = null;
  try {
    await client.signIn(new URL(await platform.link()));
    const [voice] = await makeFleet(client, new Random(1), 1);
    const { vehicleId, identity } = voice as Voice;
    const path = `/vehicles/${vehicleId}/mission`;
    const unit = await partOf(join(directory, 'unit'), identity, platform);
    part = unit;
    const told: { treatment: MissionTreatment | null } = { treatment: null };
    const treat = () => {
      told.treatment = unit.treatment;
    };
    unit.begun(() => {}, treat);
    /** From the word until it holds, ms. */
    const tell = async (urgency: Urgency | null): Promise<number> => {
      const beganMs = performance.now();
      const reply =
        urgency === null
          ? await client.delete(path)
          : await client.post(path, { urgency, forMinutes: 20 });
      assert.ok(reply.status < 300, reply.text);
      while ((told.treatment?.urgency ?? null) !== urgency) {
        assert.ok(performance.now() - beganMs < WAIT_MS_MAX, `still not ${urgency}`);
        await sleep(1);
      }
      return performance.now() - beganMs;
    };
    // The unit may still be on its way to its first question.
    await tell('acute');
    assert.deepEqual(told.treatment, BUILT_IN.missions[0]);
    const tookMs: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      // In a poll again, and not in the pause before it.
      await sleep(500);
      tookMs.push(await tell(i % 2 === 0 ? 'urgent' : 'acute'));
    }
    const overMs = await tell(null);
    const sorted = tookMs.toSorted((a, b) => a - b);
    const [middle, worst] = [sorted[ROUNDS >> 1] ?? 0, sorted.at(-1) ?? 0];
    t.diagnostic(
      `from the hook until it holds: median ${middle.toFixed(0)} ms, worst of ${ROUNDS} ` +
        `${worst.toFixed(0)} ms; its end ${overMs.toFixed(0)} ms`,
    );
  } finally {
    await part?.ended();
    client.close();
    await platform.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});

async function partOf(
  stateDirectory: string,
  identity: Identity,
  platform: LivePlatform,
): Promise<Part> {
  const log = keepLog();
  const nowMs = Date.now;
  const transport = pinnedFetch(platform.fingerprint);
  const link = new PlatformLink({ url: platform.machineUrl, identity, transport, log, nowMs });
  const { UnitPlatform } = await import(PART);
  const ports = { stateDirectory, link, log, softwareVersion: '0.1.0', whereabouts: null };
  return new UnitPlatform({}, { ...ports, nowMs, steadyMs: () => performance.now() });
}

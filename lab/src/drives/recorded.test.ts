// What the unit's recorder writes, as the reader of drives understands it. The recorder is an
// app's, so it runs in a process of its own.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readDrive } from './read.ts';

const UNIT = fileURLToPath(new URL('../../../apps/unit/src', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rmh-recorded-'));
after(() => rmSync(folder, { recursive: true }));

/** A minute: telenor drops from 20 s to 22 s and delays from 40 s to 42 s; telia is full. */
const PROGRAM = `
  const { Recorder } = await import('./record.ts');
  const { Looks } = await import('./record-looks.ts');
  const { FakeCar } = await import('./record.fake.ts');
  const { keepLog } = await import('@rmh/contract/fakes');
  const [car, looks] = [new FakeCar(), new Looks()];
  const recorder = new Recorder({ directory: process.env.DRIVES, mostMb: 8 }, keepLog());
  const telenor = car.path('telenor');
  for (let i = 0; i < 300; i++) {
    car.nowMs += 200;
    car.carry('telia', 90, 20, 1250);
    car.path('telia').latest.queueMs = 50;
    const isSilent = (i >= 100 && i < 110) || (i >= 200 && i < 210);
    telenor.state = isSilent ? 'suspect' : 'carrying';
    if (isSilent) telenor.packetsSent += 20;
    else car.carry('telenor', 40);
    if (i === 111) telenor.packetsLost += 200;
    recorder.take(looks.look(car.status(), car.links, car.nowMs), car.nowMs);
  }
  await recorder.close(looks.flush(), car.nowMs);`;

test('outages come back with kind and time, rates where they were measured', async () => {
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    cwd: UNIT,
    env: { ...process.env, DRIVES: folder },
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  const files = readdirSync(folder).sort();
  assert.deepEqual(
    files.map((name) => name.replace(/^[^.]*/, '')),
    ['.csv.gz', '.probe.csv.gz'],
  );
  const drive = await readDrive(join(folder, files[0] ?? ''));
  assert.deepEqual(drive.carriers, ['telenor', 'telia']);
  const at = (seconds: number) => drive.sample('telenor', drive.fromMs + seconds * 1000);
  const spans: [from: number, to: number, state: string][] = [
    [1, 19.8, 'up'],
    [20.4, 21.8, 'drops'],
    [22.4, 39.8, 'up'],
    [40.4, 41.8, 'delays'],
    [42.4, 58, 'up'],
  ];
  for (const [from, to, state] of spans) {
    for (let t = from; t <= to; t += 0.1) assert.equal(at(t).state, state, `at ${t.toFixed(1)} s`);
  }
  assert.equal(at(10).oneWayUs, 20_000);
  assert.equal(at(10).loss, 0);
  // 100 packets of 1,250 + 60 bytes a second; the reader takes twice as much down for granted.
  const telia = drive.sample('telia', drive.fromMs + 10_000);
  assert.ok(Math.abs(telia.upKbps - 1048) < 2, `${telia.upKbps} kbit/s`);
  // Nothing is known of what telenor could have given: the reader's default stands in.
  assert.equal(at(10).upKbps, 9_000);
});

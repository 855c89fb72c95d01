import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { keepLog } from '@rmh/contract/fakes';
import { FakeCar } from './record.fake.ts';
import { Recorder } from './record.ts';
import { DriveFiles } from './record-files.ts';
import { Looks } from './record-looks.ts';
import { HEADS } from './record-text.ts';

const NOW_MS = Date.UTC(2026, 10, 25, 13, 0, 0);
const HOUR_MS = 3_600_000;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rmh-record-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const names = () => readdirSync(folder).sort();
const unpacked = (name: string) => gunzipSync(readFileSync(join(folder, name))).toString();
const row = (tMs: number) => `${tMs},telenor,,,40,0,,,\n`;

test('a part is named by its time, packed when an hour is over, and the next begins', async () => {
  const files = new DriveFiles(folder, 1e6, HEADS);
  files.open();
  files.append(row(NOW_MS), `${NOW_MS},telenor,40\n`, NOW_MS);
  files.append(row(NOW_MS + 1000), '', NOW_MS + 1000);
  assert.deepEqual(names(), ['2026-11-25T13-00-00Z.csv', '2026-11-25T13-00-00Z.probe.csv']);
  files.append(row(NOW_MS + HOUR_MS), '', NOW_MS + HOUR_MS);
  await files.packed();
  files.append(row(NOW_MS + HOUR_MS + 1000), '', NOW_MS + HOUR_MS + 1000);
  assert.deepEqual(names(), [
    '2026-11-25T13-00-00Z.csv.gz',
    '2026-11-25T13-00-00Z.probe.csv.gz',
    '2026-11-25T14-00-01Z.csv',
  ]);
  const times = [NOW_MS, NOW_MS + 1000, NOW_MS + HOUR_MS];
  assert.equal(unpacked('2026-11-25T13-00-00Z.csv.gz'), HEADS.rows + times.map(row).join(''));
});

test('only the service may read where a vehicle was', () => {
  const files = new DriveFiles(join(folder, 'drives'), 1e6, HEADS);
  files.open();
  files.append(row(NOW_MS), '', NOW_MS);
  assert.equal(statSync(join(folder, 'drives')).mode & 0o777, 0o700);
  const [name = ''] = readdirSync(join(folder, 'drives'));
  assert.equal(statSync(join(folder, 'drives', name)).mode & 0o777, 0o600);
});

test('what a killed run left is packed at the next start, without half a line', async () => {
  const whole = HEADS.rows + row(NOW_MS) + row(NOW_MS + 1000);
  writeFileSync(join(folder, '2026-11-25T13-00-00Z.csv'), `${whole}17640000020`);
  writeFileSync(join(folder, '2026-11-25T12-00-00Z.csv'), `${whole}${'\0'.repeat(500)}`);
  writeFileSync(join(folder, '2026-11-25T11-00-00Z.csv'), '');
  writeFileSync(join(folder, '2026-11-25T11-00-00Z.csv.gz.part'), 'half');
  const files = new DriveFiles(folder, 1e6, HEADS);
  files.open();
  await files.packed();
  assert.deepEqual(names(), ['2026-11-25T12-00-00Z.csv.gz', '2026-11-25T13-00-00Z.csv.gz']);
  for (const name of names()) assert.equal(unpacked(name), whole);
});

test('files of others stay as they are', async () => {
  for (const name of ['notes.csv', 'photo.jpg', '2026-11-25.csv']) {
    writeFileSync(join(folder, name), 'x'.repeat(500_000));
  }
  const files = new DriveFiles(folder, 8e6 / 100, HEADS);
  files.open();
  files.append(row(NOW_MS), '', NOW_MS);
  files.closePart();
  await files.packed();
  assert.equal(names().length, 4);
});

test('the room is never more than was given, and the newest stay', async () => {
  const bytesMost = 200_000;
  const files = new DriveFiles(folder, bytesMost, HEADS);
  files.open();
  let mostBytes = 0;
  for (let i = 0; i < 40_000; i++) {
    const tMs = NOW_MS + i * 1000;
    // Digits that a packer cannot foresee.
    const noise = ((i * 2_654_435_761) % 4_294_967_296).toString();
    files.append(`${tMs},telenor,,,${noise},0,,,\n`, '', tMs);
    if (i % 500 !== 0) continue;
    await files.packed();
    const bytes = names().reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    mostBytes = Math.max(mostBytes, bytes);
  }
  assert.ok(mostBytes <= bytesMost, `${mostBytes} bytes`);
  assert.ok(mostBytes > bytesMost / 2, `${mostBytes} bytes: the room is used`);
  assert.match(names().at(-1) ?? '', /^2026-11-25T23/);
});

/** Looks at a car for so many seconds. */
function record(recorder: Recorder, car: FakeCar, seconds: number, looks = new Looks()): Looks {
  for (let i = 0; i < seconds * 5; i++) {
    car.nowMs += 200;
    for (const { name } of car.links) car.carry(name, 40);
    recorder.take(looks.look(car.status(), car.links, car.nowMs), car.nowMs);
  }
  return looks;
}

test('after each second its rows are on disk: a SIGKILL takes no more than the last', () => {
  const recorder = new Recorder({ directory: folder, mostMb: 8 }, keepLog());
  const car = new FakeCar();
  record(recorder, car, 5);
  const [rows = '', probes = ''] = names().map((name) => readFileSync(join(folder, name), 'utf8'));
  assert.equal(rows.trim().split('\n').length, 1 + 2 * 5);
  assert.ok(probes.trim().split('\n').length >= 1 + 2 * 5 * 4);
});

test('a directory that cannot be made is said once; tried each minute; its end is said', () => {
  writeFileSync(join(folder, 'file'), '');
  const log = keepLog();
  const directory = join(folder, 'file', 'drives');
  const recorder = new Recorder({ directory, mostMb: 8 }, log);
  const car = new FakeCar();
  const looks = record(recorder, car, 150);
  assert.deepEqual(
    log.lines.map(({ event }) => event),
    ['record.failed'],
  );
  rmSync(join(folder, 'file'));
  record(recorder, car, 61, looks);
  assert.deepEqual(
    log.lines.map(({ event }) => event),
    ['record.failed', 'record.started'],
  );
});

test('a directory that goes away and comes back', async () => {
  const log = keepLog();
  const recorder = new Recorder({ directory: folder, mostMb: 8 }, log);
  const car = new FakeCar();
  const looks = record(recorder, car, 10);
  car.nowMs += HOUR_MS;
  record(recorder, car, 0.2, looks); // ends the part
  rmSync(folder, { recursive: true });
  record(recorder, car, 5, looks);
  mkdirSync(folder);
  record(recorder, car, 70, looks);
  await recorder.close(looks.flush(), car.nowMs);
  assert.deepEqual(
    log.lines.map(({ event }) => event),
    ['record.started', 'record.failed', 'record.resumed'],
  );
});

test('a disk that fills is said once, and what was written are whole lines', () => {
  // A limit on the size of files stands for the disk: write() takes a part, then nothing.
  const program = `
    const { Recorder } = await import('./record.ts');
    const { Looks } = await import('./record-looks.ts');
    const { FakeCar } = await import('./record.fake.ts');
    const { keepLog } = await import('@rmh/contract/fakes');
    const [log, car, looks] = [keepLog(), new FakeCar(), new Looks()];
    const recorder = new Recorder({ directory: process.env.DRIVES, mostMb: 8 }, log);
    for (let i = 0; i < 5 * 200; i++) {
      car.nowMs += 200;
      for (const { name } of car.links) car.carry(name, 40);
      recorder.take(looks.look(car.status(), car.links, car.nowMs), car.nowMs);
    }
    process.stdout.write(log.lines.map(({ event }) => event).join());`;
  const limited = `trap '' XFSZ; ulimit -f 8; exec "$0" --input-type=module -e "$1"`;
  const { stdout, stderr } = spawnSync('sh', ['-c', limited, process.execPath, program], {
    cwd: import.meta.dirname,
    env: { ...process.env, DRIVES: folder },
    encoding: 'utf8',
  });
  assert.match(
    stdout,
    /^record\.started,record\.failed(,record\.resumed,record\.failed)*$/,
    stderr,
  );
  assert.ok(names().length > 2, 'a part a try');
  for (const name of names()) {
    const text = name.endsWith('.gz') ? unpacked(name) : readFileSync(join(folder, name), 'utf8');
    const fields = name.includes('.probe.') ? 3 : 9;
    assert.ok(text.endsWith('\n'), name);
    assert.ok(
      text
        .trim()
        .split('\n')
        .every((line) => line.split(',').length === fields),
      name,
    );
  }
});

test('a clock that is set back begins a new part', async () => {
  const recorder = new Recorder({ directory: folder, mostMb: 8 }, keepLog());
  const car = new FakeCar();
  const looks = record(recorder, car, 10);
  car.nowMs -= HOUR_MS;
  record(recorder, car, 10, looks);
  await recorder.close(looks.flush(), car.nowMs);
  assert.equal(names().filter((name) => !name.includes('probe')).length, 2);
});

test('two starts in one second do not write into one file', async () => {
  for (let i = 0; i < 3; i++) {
    const files = new DriveFiles(folder, 1e6, HEADS);
    files.open();
    files.append(row(NOW_MS), '', NOW_MS);
    await files.packed();
    files.closePart();
    await files.packed();
  }
  assert.equal(names().length, 3);
});

test('a line that another hand left half does not grow into the next', () => {
  const path = join(folder, '2026-11-25T13-00-00Z.csv');
  appendFileSync(path, `${HEADS.rows}${row(NOW_MS)}1764`);
  const files = new DriveFiles(folder, 1e6, HEADS);
  files.append(row(NOW_MS), '', NOW_MS);
  assert.ok(names().includes('2026-11-25T13-00-00Z-2.csv'));
});

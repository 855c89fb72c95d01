import { strict as assert } from 'node:assert';
import {
  appendFileSync,
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
import type { History } from '@rmh/contract';
import { keepLog } from '@rmh/contract/fakes';
import { FakeCar } from './record.fake.ts';
import { Recorder } from './record.ts';
import { HistoryFile, parseHistory } from './record-history.ts';
import { heardBy, Witness } from './record-witness.ts';

const START_MS = 1_764_000_000_000;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rmh-history-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function setup(car = new FakeCar(), directory = folder) {
  const quiet = keepLog();
  const time = { steadyMs: 0 };
  const log = heardBy(quiet, (event, fields) => witness.note(event, fields));
  const witness: Witness = new Witness({
    name: 'amb-1',
    log,
    file: new HistoryFile(directory, quiet),
    recorder: null,
    nowMs: () => car.nowMs,
    steadyMs: () => time.steadyMs,
  });
  const drive = (seconds: number) => {
    for (let i = 0; i < seconds * 5; i++) {
      car.nowMs += 200;
      time.steadyMs += 200;
      for (const { name } of car.links) car.carry(name, 40);
      for (const one of car.classes) one.sent += 4;
      witness.look(car.status(), car.links);
    }
  };
  const history = (fromMs = 0, toMs = Number.MAX_SAFE_INTEGER) => {
    const query = new URLSearchParams({ from: String(fromMs), to: String(toMs) });
    return witness.answer(query).body as History;
  };
  return { car, witness, log, quiet, drive, history };
}

const lost = { link: 'telia', device: 'wwan1', state: 'absent' };

test('seconds and events are answered for the span that is asked', () => {
  const { drive, log, history } = setup();
  drive(30);
  log.write('link.lost', lost);
  drive(30);
  const all = history();
  assert.equal(all.slices.length, 60);
  assert.equal(all.name, 'amb-1');
  assert.equal(all.sinceMs, START_MS);
  assert.deepEqual(all.slices.at(-1)?.classes[0]?.sent, 20);
  const some = history(START_MS + 10_000, START_MS + 20_000);
  assert.equal(some.slices.length, 11);
  assert.deepEqual(some.events, []);
  const [event] = history(START_MS + 29_000, START_MS + 31_000).events;
  assert.deepEqual(event, { atMs: START_MS + 30_000, event: 'link.lost', fields: lost });
});

test('an event of the data plane keeps its own time', () => {
  const { witness, history, drive } = setup();
  drive(1);
  const fields = { peer: 'oslo', path: 0, link: 'telia', from: 'carrying', to: 'suspect' };
  const log = { kind: 'log', event: 'path.state', level: 'info', fields } as const;
  witness.event({ ...log, atMs: START_MS + 123.4 });
  witness.event(log);
  witness.event({ kind: 'timestamp', us: 1 });
  assert.deepEqual(
    history().events.map(({ atMs }) => atMs),
    [START_MS + 123, START_MS + 1000],
  );
});

test('what is asked wrongly is refused', () => {
  const { witness } = setup();
  for (const query of ['', 'from=1', 'from=x&to=2', 'to=2']) {
    assert.equal(witness.answer(new URLSearchParams(query)).status, 400, query);
  }
});

test('after a restart the events and the minutes of before are there', async () => {
  const first = setup();
  first.drive(130);
  first.log.write('link.lost', lost);
  await first.witness.close();
  const second = setup(new FakeCar(undefined, first.car.nowMs + 5000));
  second.drive(10);
  const { slices, events, sinceMs } = second.history();
  assert.deepEqual(
    events.map(({ event }) => event),
    ['link.lost'],
  );
  assert.equal(sinceMs, START_MS);
  const minutes = slices.filter(({ spanMs }) => spanMs > 1000);
  assert.ok(minutes.length >= 2);
  const sent = minutes.reduce((sum, { classes }) => sum + (classes[0]?.sent ?? 0), 0);
  assert.equal(sent, 130 * 20 - 8, 'without the first look and the second that was not over');
  assert.equal(slices.filter(({ spanMs }) => spanMs === 1000).length, 10);
});

test('without an orderly end the last minute on disk tells until when the unit lived', () => {
  const first = setup();
  first.drive(200);
  const second = setup(new FakeCar(undefined, first.car.nowMs + 60_000));
  const last = second.history().slices.at(-1);
  const livedMs = (last?.atMs ?? 0) + (last?.spanMs ?? 0);
  assert.ok(livedMs > START_MS + 135_000 && livedMs <= START_MS + 200_000, `${livedMs - START_MS}`);
});

test('half a line and strange lines in the file are passed over', () => {
  const first = setup();
  first.log.write('link.lost', lost);
  const path = join(folder, 'history.jsonl');
  appendFileSync(path, 'null\n42\n{"atMs":1}\n{"atMs":1,"event":3,"fields":{}}\n{"atMs":17640');
  const second = setup();
  second.log.write('link.lost', lost);
  assert.equal(second.history().events.length, 2);
  assert.equal(parseHistory(readFileSync(path, 'utf8')).events.length, 2);
});

test('the file stays bounded, and for its owner only', () => {
  const { log, history } = setup();
  for (let i = 0; i < 30_000; i++) log.write('link.lost', lost);
  const { size, mode } = statSync(join(folder, 'history.jsonl'));
  assert.ok(size <= 2_000_000, `${size} bytes`);
  assert.equal(mode & 0o777, 0o600);
  assert.equal(history().events.length, 4096);
});

test('the memory is two hours of seconds, and says where it begins', () => {
  const { drive, history } = setup();
  drive(7_500);
  const { slices, sinceMs } = history();
  assert.equal(slices.length, 7_200);
  assert.ok(sinceMs >= START_MS + 299_000 && sinceMs <= START_MS + 301_000);
});

test('a file that cannot be written is said once, and the unit remembers all the same', () => {
  writeFileSync(join(folder, 'file'), '');
  const { log, quiet, history } = setup(undefined, join(folder, 'file'));
  for (let i = 0; i < 3; i++) log.write('link.lost', lost);
  const said = quiet.lines.filter(({ event }) => event === 'history.failed');
  assert.equal(said.length, 1);
  assert.equal(history().events.length, 3);
});

test('a clock that is set is an event, one that NTP moves is not', () => {
  const { car, drive, history, quiet } = setup();
  drive(2);
  car.nowMs += 300;
  drive(2);
  car.nowMs -= 3_600_000;
  drive(2);
  const steps = history().events.filter(({ event }) => event === 'clock.stepped');
  assert.deepEqual(
    steps.map(({ fields }) => fields['seconds']),
    [-3600],
  );
  assert.ok(quiet.lines.some(({ event }) => event === 'clock.stepped'));
});

test('a data plane that does not answer leaves no second', () => {
  const { witness, history, car } = setup();
  for (let i = 0; i < 20; i++) {
    car.nowMs += 200;
    witness.look(null, car.links);
  }
  assert.deepEqual(history().slices, []);
});

test('a recording begins, moves and ends while the unit drives, and is packed', async () => {
  const { witness, drive, log } = setup();
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  drive(5);
  await witness.record(new Recorder({ directory: first, mostMb: 8 }, log));
  drive(5);
  await witness.record(new Recorder({ directory: second, mostMb: 8 }, log));
  drive(5);
  await witness.record(null);
  await witness.close();
  drive(5);
  for (const directory of [first, second]) {
    const rows = readdirSync(directory).filter((name) => name.endsWith('.csv.gz'));
    assert.ok(rows.length >= 1, directory);
    assert.ok(!readdirSync(directory).some((name) => name.endsWith('.csv')), 'nothing unpacked');
  }
});

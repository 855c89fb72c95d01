import { strict as assert } from 'node:assert';
import { after, test } from 'node:test';
import { keepLog } from '@rmh/contract/fakes';
import { FakeGpsd } from './gpsd.fake.ts';
import { Gpsd } from './gpsd.ts';

const OSLO = { lat: 59.91387, lon: 10.75225, speed: 13.9, track: 270 };
const BERGEN = { lat: 60.39299, lon: 5.32415 };
const end = new AbortController();
after(() => end.abort());

/** A client that runs, and the gpsd that it listens to. */
async function listening() {
  const gpsd = new FakeGpsd();
  const at = await gpsd.open();
  const log = keepLog();
  const clock = { ms: 0 };
  const client = new Gpsd(at, { log, steadyMs: () => clock.ms });
  const stop = new AbortController();
  const running = client.run(AbortSignal.any([stop.signal, end.signal]));
  const events = () => log.lines.map(({ event }) => event);
  after(() => gpsd.close());
  await until('watching', () => gpsd.watchers === 1);
  return { gpsd, client, clock, log, events, stop, running };
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`not ${what} within 8 s`);
}

test('The last place is known for ten seconds after it was heard', async () => {
  const { gpsd, client, clock } = await listening();
  assert.equal(client.place(), null);
  gpsd.tell(OSLO);
  await until('heard', () => client.place() !== null);
  const { latitude, longitude, speedMs, headingDeg } = client.place() ?? assert.fail();
  assert.deepEqual([latitude, longitude, speedMs, headingDeg], [59.91387, 10.75225, 13.9, 270]);
  gpsd.tell(BERGEN);
  await until('moved', () => client.place()?.latitude === BERGEN.lat);
  assert.equal(client.place()?.speedMs, null);
  clock.ms += 10_000;
  assert.notEqual(client.place(), null);
  clock.ms += 1;
  assert.equal(client.place(), null);
});

test('Without a fix the last place grows old; hostile lines change nothing', async () => {
  const { gpsd, client, clock } = await listening();
  gpsd.tell(OSLO);
  await until('heard', () => client.place() !== null);
  clock.ms += 9_000;
  gpsd.tell({ ...BERGEN, mode: 1 });
  gpsd.tell({ ...BERGEN, lat: 1000 });
  gpsd.say('}{\n\n\0\n{"class":"TPV","mode":3}\n');
  gpsd.say('x'.repeat(200_000));
  gpsd.say('\n');
  assert.equal(client.place()?.latitude, OSLO.lat);
  clock.ms += 2_000;
  gpsd.tell({ ...OSLO, lat: 61 });
  await until('heard again', () => client.place()?.latitude === 61);
});

test('A gpsd that goes and comes is found again; the log says so once, and no place', async () => {
  const { gpsd, client, log, events } = await listening();
  gpsd.tell(OSLO);
  await until('heard', () => client.place() !== null);
  gpsd.drop();
  await until('watching again', () => gpsd.connections === 2 && gpsd.watchers === 1);
  gpsd.tell(BERGEN);
  await until('heard again', () => client.place()?.latitude === BERGEN.lat);
  assert.deepEqual(events(), ['gps.heard', 'gps.silent', 'gps.heard']);
  assert.doesNotMatch(JSON.stringify(log.lines), /59\.9|10\.75|60\.39/);
});

test('A gpsd that is not there is said once, and the client ends at its signal', async () => {
  const gpsd = new FakeGpsd();
  const at = await gpsd.open();
  await gpsd.close();
  const log = keepLog();
  const client = new Gpsd(at, { log, steadyMs: () => 0 });
  const stop = new AbortController();
  const running = client.run(stop.signal);
  await until('said', () => log.lines.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 1_600));
  stop.abort();
  await running;
  assert.deepEqual(
    log.lines.map(({ event }) => event),
    ['gps.silent'],
  );
  assert.equal(client.place(), null);
});

test('A client that listens ends at its signal, and tells no failure', async () => {
  const { gpsd, client, events, stop, running } = await listening();
  gpsd.tell(OSLO);
  await until('heard', () => client.place() !== null);
  stop.abort();
  await running;
  await until('gone', () => gpsd.watchers === 0);
  assert.deepEqual(events(), ['gps.heard']);
});

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { FakeCar } from './record.fake.ts';
import { type Ended, Looks, type Row } from './record-looks.ts';

type Probe = Ended['probes'][number];

/** Drives for so many looks of 0.2 s; `each` moves the counters. */
function drive(car: FakeCar, looks: number, each: (look: number) => void, watch = new Looks()) {
  const rows: (Row & { secondMs: number })[] = [];
  const probes: Probe[] = [];
  const slices: NonNullable<Ended['second']>['slice'][] = [];
  for (let i = 0; i < looks; i++) {
    car.nowMs += 200;
    each(i);
    const ended = watch.look(car.status(), car.links, car.nowMs);
    probes.push(...ended.probes);
    if (ended.second === null) continue;
    slices.push(ended.second.slice);
    rows.push(
      ...ended.second.rows.map((row) => ({ secondMs: ended.second?.slice.atMs ?? 0, ...row })),
    );
  }
  const of = (carrier: string) => ({
    rows: rows.filter((row) => row.carrier === carrier).slice(1), // the first second began midway
    probes: probes.filter((probe) => probe.carrier === carrier),
  });
  return { rows, probes, slices, of, watch };
}

test('a carrier that carries gives a row a second and a probe a look', () => {
  const car = new FakeCar();
  const { of } = drive(car, 26, (i) => {
    car.carry('telenor', 40 + (i % 5));
    car.carry('telia', 60);
  });
  const { rows, probes } = of('telenor');
  assert.equal(rows.length, 4);
  assert.deepEqual(
    rows.map(({ rttMs, loss, upKbps, downKbps }) => ({ rttMs, loss, upKbps, downKbps })),
    rows.map(() => ({ rttMs: 42, loss: 0, upKbps: null, downKbps: null })),
  );
  assert.equal(rows[0]?.secondMs, 1_764_000_001_000);
  assert.equal(probes.length, 25, 'the first look has nothing before it');
  for (const { tMs } of probes) assert.ok(tMs <= car.nowMs - 40);
  assert.equal(of('telia').rows[0]?.rttMs, 60);
});

test('no probe is made up while nothing is measured', () => {
  const car = new FakeCar();
  const { of } = drive(car, 40, (i) => {
    if (i % 5 === 0) car.carry('telenor', 40, 1);
  });
  assert.equal(of('telenor').probes.length, 7);
  assert.equal(of('telia').probes.length, 0);
  assert.deepEqual(of('telia').rows[0]?.loss, null, 'nothing was sent');
});

test('packets that were lost are the loss of their second', () => {
  const car = new FakeCar();
  const { of } = drive(car, 26, () => {
    car.carry('telenor', 40);
    car.path('telenor').packetsLost += 2;
  });
  assert.ok(of('telenor').rows.every(({ loss }) => loss === 0.1));
});

/** 2 s of silence in the middle of a drive; `lost` of the 20 packets sent meanwhile. */
function silence(lost: number) {
  const car = new FakeCar();
  const path = car.path('telenor');
  const result = drive(car, 60, (i) => {
    car.carry('telia', 60);
    const isSilent = i >= 20 && i < 30;
    path.state = isSilent ? 'suspect' : 'carrying';
    if (isSilent) path.packetsSent += 2;
    else car.carry('telenor', 40);
    if (i === 31) path.packetsLost += lost;
  });
  return { car, ...result };
}

test('a silence whose packets were lost has no answers', () => {
  const { of, car } = silence(20);
  const silent = of('telenor').probes.filter(({ rttMs }) => rttMs === null);
  assert.equal(silent.length, 10);
  const [first, last] = [silent[0]?.tMs ?? 0, silent.at(-1)?.tMs ?? 0];
  assert.equal(last - first, 1800);
  assert.equal(first, car.nowMs - 39 * 200);
  const whole = of('telenor').rows.filter(({ loss }) => loss === 1);
  assert.ok(whole.length >= 1 && whole.length <= 2);
  assert.ok(whole.every(({ rttMs }) => rttMs === null));
});

test('a silence whose packets came at its end is answered late, all at one time', () => {
  const { of } = silence(0);
  const late = of('telenor').probes.filter(({ rttMs }) => (rttMs ?? 0) > 100);
  assert.equal(late.length, 10);
  const arrivals = new Set(late.map(({ tMs, rttMs }) => tMs + (rttMs ?? 0)));
  assert.equal(arrivals.size, 1);
});

test('the losses of a silence are not those of the seconds after it', () => {
  const { of } = silence(20);
  assert.ok(of('telenor').rows.every(({ loss }) => loss === null || loss === 0 || loss === 1));
  assert.ok(of('telenor').rows.filter(({ loss }) => loss === 1).length <= 2);
});

test('a silence without end is written after 30 s', () => {
  const car = new FakeCar();
  const { of, watch } = drive(car, 160, (i) => {
    if (i < 5) car.carry('telenor', 40);
    else car.path('telenor').state = 'parked';
    car.carry('telia', 60);
  });
  const silent = () => of('telenor').probes.filter(({ rttMs }) => rttMs === null).length;
  assert.equal(silent(), 150);
  assert.equal(watch.flush().length, 5);
});

test('a modem without network is an outage; one that is unplugged was not measured', () => {
  const car = new FakeCar();
  const { of } = drive(car, 60, (i) => {
    car.carry('telenor', 40);
    const [telenor, telia] = car.links;
    if (telenor && i === 20) telenor.state = 'no-carrier';
    if (telia && i === 20) telia.state = 'absent';
    if (i < 20) car.carry('telia', 60);
  });
  assert.ok(
    of('telenor')
      .rows.slice(-4)
      .every(({ loss }) => loss === 1),
  );
  assert.ok(of('telia').rows.length <= 4);
});

test('a rate is written when a queue stood all the second, and only then', () => {
  const car = new FakeCar();
  const { of } = drive(car, 61, (i) => {
    car.carry('telenor', 90, 20, 1250);
    car.carry('telia', 90, 20, 1250);
    car.path('telenor').latest.queueMs = 35;
    car.path('telia').latest.queueMs = i % 5 === 3 ? 0 : 90; // empty once a second: not full
  });
  for (const { upKbps } of of('telenor').rows) {
    // 100 packets of 1,250 + 60 bytes a second.
    assert.ok(Math.abs((upKbps ?? 0) - 1048) < 1, `${upKbps}`);
  }
  assert.ok(of('telia').rows.every(({ upKbps }) => upKbps === null));
});

test('a sender that always had more to send proves the rate as well as a queue does', () => {
  const car = new FakeCar();
  const { of } = drive(car, 31, () => {
    car.carry('telenor', 40, 20, 1250);
    car.path('telenor').latest.backlogged = true;
  });
  assert.ok(of('telenor').rows.every(({ upKbps }) => Math.abs((upKbps ?? 0) - 1048) < 1));
});

test('the rate down shows by the delay of what arrives, over the wrap of its clock', () => {
  const car = new FakeCar();
  const { of } = drive(car, 121, (i) => {
    car.carry('telenor', 90, 20, 1250);
    const { latest } = car.path('telenor');
    const queueUs = i >= 30 && i < 90 ? 40_000 : 500;
    latest.oneWayUs = (4_294_960_000 + queueUs) >>> 0;
  });
  const limited = of('telenor').rows.filter(({ downKbps }) => downKbps !== null);
  assert.ok(limited.length >= 10 && limited.length <= 12, `${limited.length}`);
  assert.ok(limited.every(({ downKbps }) => Math.abs((downKbps ?? 0) - 1048) < 1));
});

test('a data plane that began anew makes no negative counts', () => {
  const car = new FakeCar();
  const { slices } = drive(car, 40, (i) => {
    car.carry('telenor', 40);
    for (const one of car.classes) one.sent += 3;
    if (i !== 20) return;
    Object.assign(car.path('telenor'), new FakeCar().path('telenor'));
    for (const one of car.classes) one.sent = 0;
  });
  for (const { classes, carriers } of slices) {
    for (const one of classes) assert.ok(one.sent >= 0 && one.sent <= 15);
    for (const one of carriers) assert.ok(one.sent >= 0 && one.bytesSent >= 0);
  }
});

test('the quiet of a class is the time without a packet, to one look', () => {
  const car = new FakeCar();
  const { slices } = drive(car, 40, (i) => {
    const [, realtime] = car.classes;
    if (realtime && (i < 12 || i >= 16)) realtime.received += 5;
  });
  const quiet = slices.map(({ classes }) => classes[1]?.quietMs);
  assert.equal(Math.max(...quiet.map((ms) => ms ?? 0)), 800);
  assert.equal(quiet.filter((ms) => (ms ?? 0) > 0).length <= 2, true);
});

test('losses are not said to be 0 by a data plane that does not count them', () => {
  const car = new FakeCar();
  assert.equal(drive(car, 12, () => {}).slices[0]?.classes[0]?.lost, null);
  const counting = new FakeCar();
  for (const one of counting.classes) one.lost = 0;
  assert.equal(drive(counting, 12, () => {}).slices[0]?.classes[0]?.lost, 0);
});

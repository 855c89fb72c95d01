import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Outage } from '@rmh/contract/api';
import { FakeCar } from '../record.fake.ts';
import { Looks } from '../record-looks.ts';
import { FactsWatch } from './facts.ts';
import { Outages } from './outages.ts';

/** A car that drives with video both ways and vitals, on the first carrier unless that is out. */
class Drive {
  readonly car: FakeCar;
  readonly outages: Outages;
  readonly told: Outage[] = [];
  readonly #looks = new Looks();
  readonly #facts = new FactsWatch();
  #number = 0;

  constructor(names?: readonly string[]) {
    this.car = new FakeCar(names);
    this.outages = new Outages(() => ++this.#number);
  }

  /** `out`: carriers that do not answer. */
  drive(ms: number, out: readonly string[] = [], lostEachLook = 0): void {
    for (let t = 0; t < ms; t += 200) {
      this.car.nowMs += 200;
      const there = this.car.paths.filter(({ link }) => !out.includes(link));
      for (const path of this.car.paths) this.#state(path.link, out.includes(path.link));
      if (there[0] !== undefined) this.car.carry(there[0].link, 40);
      for (const one of this.car.classes.slice(0, 2)) {
        one.sent += 6;
        if (there.length > 0) one.received += 6;
        one.unsent = (one.unsent ?? 0) + (there.length > 0 ? 0 : lostEachLook);
      }
      const status = this.car.status();
      const { second } = this.#looks.look(status, this.car.links, this.car.nowMs);
      if (second !== null) this.outages.second(second.slice);
      const facts = this.#facts.look(status, this.car.links, this.car.nowMs);
      this.told.push(...this.outages.look(facts));
    }
  }

  #state(link: string, isOut: boolean): void {
    const path = this.car.path(link);
    const to = isOut ? 'suspect' : 'carrying';
    if (path.state === to) return;
    path.state = to;
    const fields = { link, peer: 'oslo', to, silentMs: isOut ? 120 : 0 };
    this.outages.event({ atMs: this.car.nowMs - 50, event: 'path.state', fields });
  }
}

test('A carrier that falls silent is told, and told again when it is back', () => {
  const drive = new Drive();
  drive.drive(10_000);
  const beganMs = drive.car.nowMs + 200 - 50 - 120;
  drive.drive(4_000, ['telenor']);
  assert.equal(drive.told.length, 1);
  assert.equal(drive.told[0]?.toMs, null);
  drive.drive(5_000);
  const [began, ended] = drive.told;
  assert.equal(drive.told.length, 2);
  assert.equal(began?.fromMs, beganMs);
  assert.equal(ended?.number, began?.number);
  assert.equal(ended?.link, 'telenor');
  assert.equal((ended?.toMs ?? 0) - (ended?.fromMs ?? 0), 4_000 + 120);
  assert.deepEqual([ended?.movedTo, ended?.movedAfterMs], ['telia', 120]);
  assert.equal(ended?.criticalLost, 0);
});

test('A silence of less than half a second is no outage', () => {
  const drive = new Drive();
  drive.drive(10_000);
  drive.drive(200, ['telenor']);
  drive.drive(5_000);
  assert.deepEqual(drive.told, []);
});

test('Without any carrier the service is out, critical packets are lost and video stands', () => {
  const drive = new Drive();
  drive.drive(10_000);
  drive.drive(3_000, ['telenor', 'telia'], 2);
  drive.drive(5_000);
  const service = drive.told.filter(({ link }) => link === null).at(-1);
  assert.ok(service);
  assert.equal(service.movedTo, null);
  assert.equal(service.criticalLost, 30);
  assert.equal((service.toMs ?? 0) - service.fromMs, 3_120);
  assert.ok(service.frozenMs >= 3_000, `${service.frozenMs}`);
});

test('A carrier that had no traffic moved nothing and froze nothing', () => {
  const drive = new Drive();
  drive.drive(10_000);
  drive.drive(3_000, ['telia']);
  drive.drive(5_000);
  const ended = drive.told.at(-1);
  assert.equal(ended?.link, 'telia');
  assert.deepEqual([ended?.movedTo, ended?.frozenMs], [null, 0]);
});

test('What goes again within a second goes on as the same outage', () => {
  const drive = new Drive();
  drive.drive(10_000);
  for (let i = 0; i < 3; i++) {
    drive.drive(2_000, ['telenor']);
    drive.drive(600);
  }
  drive.drive(5_000);
  assert.deepEqual(
    drive.told.map(({ number, toMs }) => [number, toMs !== null]),
    [
      [1, false],
      [1, true],
    ],
  );
});

test('After a start a carrier has ten seconds to come, then it is out', () => {
  const drive = new Drive();
  drive.drive(9_000, ['telia']);
  drive.drive(5_000);
  assert.deepEqual(drive.told, []);
  const other = new Drive();
  other.drive(11_000, ['telia']);
  assert.deepEqual(
    other.told.map(({ link }) => link),
    ['telia'],
  );
});

test('At a stop what is out ends', () => {
  const drive = new Drive();
  drive.drive(10_000);
  drive.drive(2_000, ['telenor']);
  const [ended] = drive.outages.close(drive.car.nowMs);
  assert.equal(ended?.toMs, drive.car.nowMs);
  assert.deepEqual(drive.outages.lately[0], ended);
});

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { SAMPLE, type Sample } from '@rmh/contract/api';
import { FakeCar } from '../record.fake.ts';
import { Looks } from '../record-looks.ts';
import { FactsWatch } from './facts.ts';
import { type SampleBody, Sampler } from './sampler.ts';

const START_MS = 1_764_000_003_000;
const NOWHERE = { health: null, place: null };

class Drive {
  readonly car = new FakeCar(['telenor', 'telia'], START_MS);
  readonly sampler = new Sampler('crashed');
  readonly samples: SampleBody[] = [];
  renewals = 0;
  steadyMs = 500;
  readonly #looks = new Looks();
  readonly #facts = new FactsWatch();

  drive(ms: number, out: readonly string[] = [], everyMs = 200): void {
    for (let t = 0; t < ms; t += everyMs) {
      this.car.nowMs += everyMs;
      this.steadyMs += everyMs;
      for (const path of this.car.paths) {
        path.state = out.includes(path.link) ? 'suspect' : 'carrying';
        if (path.state === 'carrying') this.car.carry(path.link, 40, 10, 100);
        path.bytesDuplicated += 7;
      }
      const status = this.car.status();
      const { second } = this.#looks.look(status, this.car.links, this.car.nowMs);
      if (second !== null) this.sampler.second(second.slice);
      const facts = this.#facts.look(status, this.car.links, this.car.nowMs);
      const { samples, renew } = this.sampler.look(facts, this.steadyMs, () => NOWHERE);
      this.samples.push(...samples);
      if (renew) this.renewals++;
    }
  }
}

test('Samples are what the contract says, and follow without a hole', () => {
  const { samples, ...drive } = driven((one) => one.drive(60_000));
  assert.equal(samples.length, 6);
  for (const [i, sample] of samples.entries()) {
    const whole: Sample = { sequence: i + 1, ...sample };
    assert.deepEqual(SAMPLE.parse(whole), whole);
    assert.equal(sample.upMs + sample.downMs, sample.spanMs);
    const next = samples[i + 1];
    if (next !== undefined) assert.equal(sample.atMs + sample.spanMs, next.atMs);
  }
  assert.equal((samples[1]?.atMs ?? 0) % 10_000, 0);
  assert.equal(samples[1]?.spanMs, 10_000);
  assert.deepEqual(
    samples.map(({ previous }) => previous),
    ['crashed', null, null, null, null, null],
  );
  const telenor = samples[1]?.carriers[0];
  assert.equal(telenor?.packetsSent, 500);
  assert.equal(telenor?.bytesDuplicated, 350);
  assert.equal(telenor?.rttMs, 40);
  assert.ok(drive);
});

test('Time is up, down or absent for each carrier, and the service needs one of them', () => {
  const { samples } = driven((one) => {
    one.drive(7_000);
    one.drive(4_000, ['telenor']);
    one.drive(2_000, ['telenor', 'telia']);
    const [, link] = one.car.links;
    assert.ok(link);
    link.state = 'absent';
    one.drive(6_000);
  });
  const sample = samples.find(({ spanMs }) => spanMs === 10_000);
  assert.deepEqual([sample?.upMs, sample?.downMs], [8_000, 2_000]);
  const [telenor, telia] = sample?.carriers ?? [];
  assert.deepEqual([telenor?.upMs, telenor?.downMs], [4_000, 6_000]);
  assert.deepEqual([telia?.upMs, telia?.downMs], [4_000, 2_000]);
  assert.equal(telia?.state, 'absent');
});

test('A hole in time belongs to no sample', () => {
  const { samples } = driven((one) => {
    one.drive(3_000);
    one.car.nowMs += 60_000;
    one.steadyMs += 60_000;
    one.drive(10_000);
  });
  assert.equal(samples[0]?.spanMs, 2_800);
  assert.ok((samples[1]?.atMs ?? 0) > (samples[0]?.atMs ?? 0) + 60_000);
});

test('A clock set ahead splits a sample; one set back begins a new journal', () => {
  const ahead = driven((one) => {
    one.drive(3_000);
    one.car.nowMs += 86_400_000;
    one.drive(10_000);
  });
  assert.equal(ahead.renewals, 0);
  assert.equal(ahead.samples[0]?.spanMs, 2_800);
  const back = driven((one) => {
    one.drive(3_000);
    one.car.nowMs -= 86_400_000;
    one.drive(10_000);
  });
  assert.equal(back.renewals, 1);
});

test('A clock set back a little stands still, and spans do not overlap', () => {
  const { samples, renewals } = driven((one) => {
    for (let i = 0; i < 20; i++) {
      one.drive(2_000);
      one.car.nowMs -= 300;
    }
  });
  assert.equal(renewals, 0);
  for (const [i, sample] of samples.entries()) {
    const next = samples[i + 1];
    if (next !== undefined) assert.ok(sample.atMs + sample.spanMs <= next.atMs);
  }
});

test('What is held at the end is a shorter sample', () => {
  const drive = new Drive();
  drive.drive(3_000);
  const held = drive.sampler.close(() => NOWHERE);
  assert.equal(held?.spanMs, 2_800);
  assert.equal(
    drive.sampler.close(() => NOWHERE),
    null,
  );
});

function driven(how: (drive: Drive) => void): Drive {
  const drive = new Drive();
  how(drive);
  return drive;
}

import assert from 'node:assert/strict';
import test from 'node:test';
import { QueueWatch } from './queue-watch.ts';

test('one late packet is no standing queue, two reports in a row are', () => {
  const queue = new QueueWatch();
  queue.note(0);
  queue.note(40_000);
  assert.equal(queue.standingUs, 0);
  queue.note(50_000);
  assert.equal(queue.standingUs, 40_000);
  queue.note(1_000);
  assert.equal(queue.standingUs, 1_000);
});

test('the least queue is that of two samples, and a new base forgets the older ones', () => {
  const queue = new QueueWatch();
  queue.note(9_000);
  queue.note(7_000);
  queue.next();
  queue.note(8_000);
  assert.equal(queue.leastUs, 7_000);
  queue.next();
  assert.equal(queue.sampleUs, 8_000);
  queue.rebase();
  assert.equal(queue.leastUs, 0);
});

test('what stands while little is sent is known after some seconds, and bounded', () => {
  const queue = new QueueWatch();
  const calmFor = (seconds: number, leastUs: number, mostUs: number): void => {
    for (let sample = 0; sample < seconds * 40; sample++) {
      queue.note(leastUs);
      queue.note(mostUs);
      queue.calm(leastUs, 25_000);
      queue.next();
    }
  };
  calmFor(6, 5_000, 12_000);
  assert.ok(Math.abs(queue.calmUs - 5_000) < 500, `${queue.calmUs}`);
  assert.ok(Math.abs(queue.calmPeakUs - 12_000) < 1_000, `${queue.calmPeakUs}`);
  calmFor(60, 900_000, 900_000);
  assert.ok(queue.calmUs <= 10_000 && queue.calmPeakUs <= 20_000);
  queue.rebase();
  assert.deepEqual([queue.calmUs, queue.calmPeakUs], [0, 0]);
});

test('a queue that rises steadily is no jitter, one that jumps to and fro is', () => {
  const rising = new QueueWatch();
  const jumping = new QueueWatch();
  for (let sample = 0; sample < 100; sample++) {
    rising.note(sample * 1_000);
    jumping.note((sample % 2) * 10_000);
    rising.next();
    jumping.next();
  }
  assert.ok(rising.jitterUs < 100, `${rising.jitterUs}`);
  assert.ok(jumping.jitterUs > 5_000, `${jumping.jitterUs}`);
});

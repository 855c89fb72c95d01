import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import { LIVE_EVENTS, type LiveEventName } from '@rmh/contract/api';
import { ALARMS_KEPT, GONE_KEPT, Picture } from './picture.ts';
import { LiveReader } from './reader.ts';
import type { Sight } from './sight.ts';

const sight = (...ids: number[]): Sight => ({ vehicles: new Set(ids), alarms: new Set(ids) });
const live = (vehicleId: number, word: string) => JSON.stringify({ vehicleId, word });

interface Told {
  readonly id: string | null;
  readonly event: LiveEventName;
  readonly data: {
    vehicles?: { vehicleId: number; word: string }[];
    vehicleIds?: number[];
    last?: boolean;
    alarm?: unknown;
  };
}

/** What a browser makes of the chunks. */
function parse(text: string): Told[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const field = (name: string) =>
        block
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2) ?? null;
      const event = field('event') as LiveEventName;
      assert(event in LIVE_EVENTS, block);
      return { id: field('id'), event, data: JSON.parse(field('data') ?? '') };
    });
}

function takeAll(reader: LiveReader): Told[] {
  const told: Told[] = [];
  for (let chunk = reader.take(); chunk !== null; chunk = reader.take()) told.push(...parse(chunk));
  return told;
}

function plant(vehicles: number): Picture {
  const picture = new Picture('p');
  for (let id = 1; id <= vehicles; id++) picture.put(id, 1 + (id % 2), live(id, 'first'));
  return picture;
}

test('A snapshot comes in parts of 200, and only the last one has an id', () => {
  const picture = plant(1_000);
  const told = takeAll(new LiveReader(picture, sight(1), null));
  assert.deepEqual(
    told.map(({ event, data }) => [event, data.vehicles?.length, data.last]),
    [
      ['snapshot', 200, false],
      ['snapshot', 200, false],
      ['snapshot', 100, true],
    ],
  );
  assert.deepEqual(
    told.map(({ id }) => id !== null),
    [false, false, true],
  );
});

test('Who sees nothing gets an empty snapshot, so that the console knows', () => {
  const told = takeAll(new LiveReader(plant(10), sight(9), null));
  assert.deepEqual(told[0]?.data, { vehicles: [], last: true });
});

test('A slow reader gets the newest state once; its queue is never longer than the fleet', () => {
  const picture = plant(100);
  const reader = new LiveReader(picture, sight(1, 2), null);
  takeAll(reader);
  for (let i = 0; i < 10_000; i++) {
    const id = 1 + (i % 100);
    if (picture.put(id, 1 + (id % 2), live(id, `word ${i}`))) reader.offer(id);
    assert(reader.waiting <= 100);
  }
  const [message, ...rest] = takeAll(reader);
  assert.equal(rest.length, 0);
  assert.equal(message?.data.vehicles?.length, 100);
  assert.equal(message?.data.vehicles?.at(-1)?.word, 'word 9999');
});

test('A reader takes up after its last event, and is told what went meanwhile', () => {
  const picture = plant(10);
  const before = new LiveReader(picture, sight(1, 2), null);
  const id = takeAll(before).at(-1)?.id ?? null;
  picture.put(3, 2, live(3, 'second'));
  picture.remove(4);
  picture.addAlarm(77, [1], '{"id":77}');
  const told = takeAll(new LiveReader(picture, sight(1, 2), id));
  assert.deepEqual(told.map(({ event }) => event).sort(), ['alarm', 'gone', 'vehicles'].sort());
  assert.deepEqual(told.find(({ event }) => event === 'vehicles')?.data.vehicles, [
    { vehicleId: 3, word: 'second' },
  ]);
  assert.deepEqual(told.find(({ event }) => event === 'gone')?.data.vehicleIds, [4]);
});

test('Another process, another sight, nonsense, or too long ago bring a new snapshot', () => {
  const picture = plant(10);
  const id = takeAll(new LiveReader(picture, sight(1, 2), null)).at(-1)?.id ?? '';
  const other = new Picture('q');
  const isSnapshot = (reader: LiveReader) => takeAll(reader)[0]?.event === 'snapshot';
  assert(!isSnapshot(new LiveReader(picture, sight(1, 2), id)), 'the control takes up');
  assert(isSnapshot(new LiveReader(other, sight(1, 2), id)));
  assert(isSnapshot(new LiveReader(picture, sight(1), id)));
  for (const nonsense of ['', 'p', 'p.x.y', id.replace(/\.\d+\./, '.1e99.'), `${id}x`]) {
    assert(isSnapshot(new LiveReader(picture, sight(1, 2), nonsense)), nonsense);
  }
  for (let i = 0; i <= ALARMS_KEPT; i++) picture.addAlarm(i, [1], '{}');
  assert(isSnapshot(new LiveReader(picture, sight(1, 2), id)));
  const later = takeAll(new LiveReader(picture, sight(1, 2), null)).at(-1)?.id ?? null;
  for (let i = 0; i <= GONE_KEPT; i++) {
    picture.put(5_000 + i, 1, live(5_000 + i, 'short'));
    picture.remove(5_000 + i);
  }
  assert(isSnapshot(new LiveReader(picture, sight(1, 2), later)));
});

test('A narrower sight takes vehicles away, a wider one brings them', () => {
  const picture = plant(10);
  const reader = new LiveReader(picture, sight(1), null);
  takeAll(reader);
  reader.setSight(sight(2));
  const told = takeAll(reader);
  const gone = told.find(({ event }) => event === 'gone')?.data.vehicleIds ?? [];
  const shown = told.find(({ event }) => event === 'vehicles')?.data.vehicles ?? [];
  assert.deepEqual(gone, [2, 4, 6, 8, 10]);
  assert.deepEqual(
    shown.map(({ vehicleId }) => vehicleId),
    [1, 3, 5, 7, 9],
  );
});

test('A vehicle that moves to another organisation leaves those who watch the old one', () => {
  const picture = plant(4);
  const readers = [1, 2].map((id) => new LiveReader(picture, sight(id), null));
  for (const reader of readers) takeAll(reader);
  picture.put(2, 2, live(2, 'moved'));
  for (const reader of readers) reader.offer(2);
  const [left, joined] = readers.map((reader) => takeAll(reader).map(({ event }) => event));
  assert.deepEqual(left, ['gone']);
  assert.deepEqual(joined, ['vehicles']);
});

test('An alarm reaches those who see its organisation, and of a gateway everybody', () => {
  const picture = plant(2);
  const readers = [sight(1), sight(2), { vehicles: new Set([1]), alarms: new Set<number>() }].map(
    (seen) => new LiveReader(picture, seen, null),
  );
  for (const reader of readers) takeAll(reader);
  for (const alarm of [picture.addAlarm(1, [1], '{}'), picture.addAlarm(2, null, '{}')]) {
    for (const reader of readers) reader.offerAlarm(alarm);
  }
  assert.deepEqual(
    readers.map((reader) => takeAll(reader).length),
    [2, 1, 0],
  );
});

test('A reader that resumes amid random changes ends with what it may see, and no more', () => {
  const random = new Random(4711);
  const picture = new Picture('p');
  const screen = new Map<number, string>();
  let seen = sight(1, 2);
  let reader = new LiveReader(picture, seen, null);
  let lastId: string | null = null;
  const show = ({ id, event, data }: Told) => {
    if (id !== null) lastId = id;
    if (event === 'gone') for (const gone of data.vehicleIds ?? []) screen.delete(gone);
    for (const { vehicleId, word } of data.vehicles ?? []) screen.set(vehicleId, word);
  };
  for (let i = 0; i < 20_000; i++) {
    const id = 1 + random.below(300);
    const what = random.unit();
    if (what < 0.6) {
      if (picture.put(id, 1 + random.below(3), live(id, `${i}`))) reader.offer(id);
    } else if (what < 0.7) {
      if (picture.remove(id)) reader.offer(id);
    } else if (what < 0.9) {
      for (const told of parse(reader.take() ?? '')) show(told);
    } else if (what < 0.91) {
      seen = sight(...[1, 2, 3].filter(() => random.unit() < 0.7));
      reader.setSight(seen);
    } else if (what < 0.93) {
      // The line broke: what was not written is lost, the rest is on the screen.
      reader = new LiveReader(picture, seen, lastId);
      const first = reader.take();
      const told = parse(first ?? '');
      if (told.some(({ event }) => event === 'snapshot')) screen.clear();
      for (const one of told) show(one);
    }
  }
  for (const told of takeAll(reader)) show(told);
  const wanted = [...picture.vehicles]
    .filter(([, { organisationId }]) => seen.vehicles.has(organisationId))
    .map(([id, { json }]): [number, string] => [id, JSON.parse(json).word]);
  assert.deepEqual(screen, new Map(wanted));
  assert(wanted.length > 50);
});

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { START_MS, Story } from './explain.fake.ts';
import { explain } from './explain-text.ts';
import { parseTime } from './explain-time.ts';
import type { Language } from './status-words.ts';

const MINUTE_2 = { fromMs: START_MS + 120_000, toMs: START_MS + 180_000 };

function told(story: Story, language: Language = 'en', span = MINUTE_2): string[] {
  return explain(story.history(), span, language).lines;
}

/** Telia falls silent at 14:02:11 for 2.3 s, as the issue tells it. */
function teliaSilent(): Story {
  return new Story()
    .silent('oslo', 'telia', 131, 133.3)
    .classes(131, 132, 0, { repaired: 3 })
    .classes(131, 132, 1, { repaired: 4 });
}

test('a silent carrier is told as the issue asks for', () => {
  const story = teliaSilent().classes(131, 132, 1, { repaired: 4, quietMs: 200 });
  assert.deepEqual(told(story), [
    'Telia silent 2.3 s from 14:02:11; moved to Telenor after 60 ms; ' +
      '0 critical packets lost; video froze 0.2 s',
  ]);
});

test('and in Norwegian', () => {
  const story = teliaSilent().classes(131, 132, 1, { repaired: 4, quietMs: 200 });
  assert.deepEqual(told(story, 'nb'), [
    'Telia taus i 2,3 s fra 14:02:11; flyttet til Telenor etter 60 ms; ' +
      '0 kritiske pakker tapt; video frøs 0,2 s',
  ]);
});

const CASES: [claim: string, story: () => Story, lines: RegExp[]][] = [
  [
    'video that was sent again froze for the time until then and half a round trip',
    teliaSilent,
    [/; video froze 0\.1 s$/],
  ],
  [
    'video of which nothing had to be sent again did not freeze',
    () => new Story().silent('oslo', 'telia', 131, 133.3),
    [/; video did not freeze$/],
  ],
  [
    'without video nothing is said of it',
    () => teliaSilent().classes(0, 600, 1, { sent: 0, received: 0, repaired: 0 }),
    [/lost$/],
  ],
  [
    'without critical packets nothing is said of them',
    () => teliaSilent().classes(0, 600, 0, { sent: 0, received: 0, repaired: 0 }),
    [/after 60 ms; video/],
  ],
  [
    'lost critical packets are counted, those without any path too',
    () => teliaSilent().classes(131, 132, 0, { lost: 2, unsent: 1 }),
    [/; 3 critical packets lost;/],
  ],
  [
    'one is one packet',
    () => teliaSilent().classes(131, 132, 0, { lost: 1 }),
    [/; 1 critical packet lost;/],
  ],
  [
    'a data plane that does not count losses is not made to say 0',
    () => teliaSilent().classes(0, 600, 0, { lost: null }).classes(131, 132, 0, { repaired: 3 }),
    [/after 60 ms; 3 critical packets sent again; video/],
  ],
  [
    'a carrier that is still silent is silent since',
    () => new Story().silent('oslo', 'telia', 131, null),
    [/^Telia silent since 14:02:11; moved to Telenor after 60 ms/],
  ],
  [
    'a silence that began before the minute is told in it',
    () => new Story().silent('oslo', 'telia', 100, 150),
    [/^Telia silent 50 s from 14:01:40/],
  ],
  [
    'a carrier without traffic moved nothing',
    () =>
      new Story()
        .carrier(0, 600, 'telenor', { bytesSent: 900 })
        .silent('oslo', 'telenor', 131, 133),
    [/^Telenor silent 2 s from 14:02:11; the traffic was on other carriers/],
  ],
  [
    'with one carrier there is no other',
    () => new Story(['telia']).silent('oslo', 'telia', 131, 133.3),
    [/^Telia silent 2\.3 s from 14:02:11; there is no other carrier; 0 .*; video froze 2\.3 s$/],
  ],
  [
    'the moved-to carrier is the one that took the bytes',
    () =>
      new Story(['telia', 'telenor', 'ice'])
        .carrier(131, 133, 'ice', { bytesSent: 90_000 })
        .silent('oslo', 'telia', 131, 133.3),
    [/moved to Ice after 60 ms/],
  ],
  [
    'both gateways notice one silence, and it is told once',
    () => teliaSilent().silent('trondheim', 'telia', 131.5, 133.4, 900),
    [/^Telia silent 2\.3 s/],
  ],
  [
    'two silences of one carrier a second apart are one',
    () => new Story().silent('oslo', 'telia', 131, 132).silent('oslo', 'telia', 132.5, 134),
    [/^Telia silent 3 s from 14:02:11/],
  ],
  [
    'and farther apart they are two',
    () => new Story().silent('oslo', 'telia', 131, 132).silent('oslo', 'telia', 140, 141),
    [/^Telia silent 1 s from 14:02:11/, /^Telia silent 1 s from 14:02:20/],
  ],
  [
    'a carrier that came too late to help is told with its time',
    () => new Story().silent('oslo', 'telenor', 110, 131.8).silent('oslo', 'telia', 131, 140),
    [
      /^Telenor silent 21\.8 s from 14:01:50/,
      /^No carrier answered for 800 ms from 14:02:11 \(Telia and Telenor\).*video froze 0\.8 s$/,
    ],
  ],
  [
    'all carriers at once are told once',
    () =>
      ['oslo', 'trondheim'].reduce(
        (story, gateway) =>
          story.silent(gateway, 'telia', 131, 136).silent(gateway, 'telenor', 131.2, 136.2),
        new Story(),
      ),
    [/^No carrier answered for 4\.8 s from 14:02:11 \(Telia and Telenor\); .*video froze 4\.8 s$/],
  ],
  [
    'a gateway that dies is told as the gateway, with where the traffic went',
    () =>
      new Story()
        .silent('oslo', 'telia', 131, null)
        .silent('oslo', 'telenor', 131, null)
        .event('gateway.switched', 131.4, { from: 'oslo', to: 'trondheim', why: 'silent' }),
    [/^Gateway Oslo silent since 14:02:11; moved to Trondheim after 400 ms; .*; video /],
  ],
  [
    'a standby gateway that dies moves nothing',
    () =>
      new Story().silent('trondheim', 'telia', 131, 150).silent('trondheim', 'telenor', 131, 150),
    [/^Gateway Trondheim silent 19 s from 14:02:11; the traffic was on another gateway/],
  ],
  [
    'an unplugged modem is told by its state',
    () =>
      new Story()
        .event('link.lost', 131, { link: 'telia', device: 'wwan0', state: 'absent' })
        .path('oslo', 'telia', 'carrying', 'untried', 131)
        .event('link.used', 141, { link: 'telia', device: 'wwan0' })
        .path('oslo', 'telia', 'validating', 'carrying', 141.2),
    [/^Telia without its modem for 10\.2 s from 14:02:11; moved to Telenor at once/],
  ],
  [
    'a modem without network that is not back',
    () =>
      new Story().event('link.lost', 131, { link: 'telia', device: 'wwan0', state: 'no-carrier' }),
    [/^Telia without network since 14:02:11; moved to Telenor/],
  ],
  [
    'loss without silence is told as loss',
    () => new Story().carrier(131, 135, 'telia', { lost: 9 }),
    [/^Telia lost up to 15 % for 4 s from 14:02:11$/],
  ],
  [
    'a slow carrier is measured against its own usual',
    () => new Story().carrier(131, 134, 'telia', { rttMs: 900 }),
    [/^Telia slow for 3 s from 14:02:11: answers after 900 ms instead of 40 ms$/],
  ],
  [
    'the losses that a silence leaves are no cause of their own',
    () => teliaSilent().carrier(133, 135, 'telia', { lost: 30, rttMs: 2000 }),
    [/^Telia silent/],
  ],
  [
    'a move for maintenance',
    () =>
      new Story().event('gateway.switched', 131, { from: 'oslo', to: 'trondheim', why: 'drain' }),
    [/^Moved from gateway Oslo to Trondheim at 14:02:11: it is being emptied for maintenance$/],
  ],
  [
    'a move that was asked for',
    () =>
      new Story().event('gateway.switched', 131, { from: 'oslo', to: 'bergen', why: 'preferred' }),
    [/an operator asked for it$/],
  ],
  [
    'a restart that was asked for',
    () =>
      new Story()
        .event('daemon.stopping', 131, { signal: 'SIGTERM' })
        .dark(131, 140)
        .event('daemon.starting', 135)
        .path('oslo', 'telia', 'validating', 'carrying', 136.5),
    [/^The unit did not run from 14:02:11 to 14:02:16: a stop was asked for \(SIGTERM\)$/],
  ],
  [
    'a power cut is known by the last sign of life',
    () =>
      new Story()
        .dark(131, 172)
        .event('daemon.starting', 170)
        .path('oslo', 'telia', 'validating', 'carrying', 172),
    [/^The unit did not run from 14:02:11 to 14:02:52: it ended without a word/],
  ],
  [
    'a failure is told with its code',
    () =>
      new Story()
        .event('daemon.failed', 131, { code: 'RMH_DATAPLANE_FAILED', exitCode: 1 })
        .dark(131, 136)
        .event('daemon.starting', 134),
    [/it failed \(RMH_DATAPLANE_FAILED; see the log\)$/],
  ],
  [
    'a clock that was set',
    () => new Story().event('clock.stepped', 131, { seconds: -3600 }),
    [/^The clock was set back by 60 min at 14:02:11/],
  ],
  [
    'a new address, a new configuration, a refused handshake, a data plane that cannot start',
    () =>
      new Story()
        .event('link.changed', 131, { link: 'telia', device: 'wwan0' })
        .event('reload.done', 132, { configHash: 'x', peers: 2 })
        .event('handshake.refused', 133, { peer: 'oslo', reason: 'old', seconds: 9 })
        .event('dataplane.retry', 134, { code: 'RMH_TUN_BUSY' }),
    [/^Telia got another address/, /^A new config/, /^A handshake with Oslo/, /RMH_TUN_BUSY/],
  ],
  [
    'no cause at all says what did answer, and where to look',
    () => new Story(),
    [/^No cause .* 14:02:00 to 14:03:00; .* Telia \(40 ms\) and Telenor \(60 ms\); 0 .*; look/],
  ],
  ['nothing seen is not called well', () => new Story().dark(110, 190), [/^Nothing was seen/]],
];

for (const [claim, story, expected] of CASES) {
  test(claim, () => {
    const lines = told(story());
    assert.equal(lines.length, expected.length, JSON.stringify(lines, null, 1));
    lines.forEach((line, i) => assert.match(line, expected[i] as RegExp));
    const norwegian = told(story(), 'nb');
    assert.equal(norwegian.length, lines.length);
    for (const line of norwegian) assert.doesNotMatch(line, /undefined|NaN|silent|moved|critical/);
  });
}

test('a time before the history is not explained away', () => {
  const story = teliaSilent();
  story.sinceMs = START_MS + 100_000;
  const span = { fromMs: START_MS, toMs: START_MS + 60_000 };
  assert.deepEqual(told(story, 'en', span), [
    'The history of amb-1 begins at 14:01:40; of before, nothing is known.',
  ]);
});

test('a time that the history covers in part gets both', () => {
  const story = teliaSilent();
  story.sinceMs = START_MS + 125_000;
  assert.match(told(story)[0] ?? '', /begins at 14:02:05/);
  assert.match(told(story)[1] ?? '', /^Telia silent/);
});

test('a time to come is said to be one', () => {
  const span = { fromMs: START_MS + 7_200_000, toMs: START_MS + 7_260_000 };
  assert.deepEqual(told(new Story(), 'en', span), ['16:00:00 is still to come.']);
});

test('of yesterday the day is told', () => {
  const story = teliaSilent();
  story.nowMs += 86_400_000;
  assert.match(told(story)[0] ?? '', /^Telia silent 2\.3 s from 2026-11-24 14:02:11/);
});

test('a name with control characters can not paint on the terminal', () => {
  const story = new Story(['te\u001b[31mlia', 'telenor']);
  story.silent('oslo', 'te\u001b[31mlia', 131, 133);
  assert.ok(!told(story).join('').includes('\u001b'));
});

test('five hundred histories in disorder get lines, the same in both languages', () => {
  const seed = 14_02;
  const random = { below: seeded(seed) };
  const pick = <T>(items: readonly T[]) => items[random.below(items.length)] as T;
  for (let i = 0; i < 500; i++) {
    const story = new Story(pick([['telia'], ['telia', 'telenor'], ['a', 'b', 'c']]));
    for (let n = random.below(30); n > 0; n--) {
      const atS = random.below(600_000) / 1000;
      const link = pick(story.links);
      const peer = pick(['oslo', 'trondheim']);
      const to = pick(['suspect', 'parked', 'carrying', 'untried', 'validating', 'closed']);
      const what = random.below(6);
      if (what < 3) story.path(peer, link, 'carrying', to, atS, random.below(4000));
      else if (what === 3) {
        story.event('gateway.switched', atS, {
          from: peer,
          to: pick(['oslo', 'trondheim']),
          why: 'silent',
        });
      } else if (what === 4) story.event(pick(['daemon.starting', 'daemon.stopping']), atS);
      else
        story.event(pick(['link.lost', 'link.used', 'clock.stepped']), atS, {
          link,
          state: 'down',
        });
    }
    if (random.below(3) === 0) story.dark(100 + random.below(100), 150 + random.below(300));
    const lines = told(story);
    assert.ok(lines.length > 0, `seed ${seed}, history ${i}`);
    assert.equal(told(story, 'nb').length, lines.length);
    for (const line of lines)
      assert.doesNotMatch(line, /undefined|NaN|Infinity|-\d+ (ms|s)\b/, `history ${i}`);
  }
});

test('times are understood as people write them', () => {
  const nowMs = new Date(2026, 10, 24, 15, 0, 0).getTime();
  const at = (...clock: [number, number, number?]) => new Date(2026, 10, 24, ...clock).getTime();
  const around = (ms: number) => ({ fromMs: ms - 10_000, toMs: ms + 10_000 });
  assert.deepEqual(parseTime('14:02', nowMs), { fromMs: at(14, 2), toMs: at(14, 3) });
  assert.deepEqual(parseTime('9:05', nowMs), { fromMs: at(9, 5), toMs: at(9, 6) });
  assert.deepEqual(parseTime('14:02:11', nowMs), around(at(14, 2, 11)));
  assert.deepEqual(parseTime('2026-11-24T14:02:11', nowMs), around(at(14, 2, 11)));
  assert.deepEqual(parseTime('2026-11-24 14:02', nowMs), { fromMs: at(14, 2), toMs: at(14, 3) });
  const utc = Date.UTC(2026, 10, 24, 13, 2, 11);
  assert.deepEqual(parseTime('2026-11-24T13:02:11Z', nowMs), around(utc));
  assert.deepEqual(parseTime('2026-11-24T14:02:11+01:00', nowMs), around(utc));
});

test('a time of day that is still to come is yesterday', () => {
  const nowMs = new Date(2026, 10, 24, 0, 20, 0).getTime();
  const yesterday = new Date(2026, 10, 23, 23, 50, 0).getTime();
  assert.equal(parseTime('23:50', nowMs)?.fromMs, yesterday);
});

for (const text of [
  '',
  'noon',
  '25:00',
  '14:60',
  '14:02:60',
  '14',
  '2026-13-40T99:99',
  '14:02pm',
]) {
  test(`"${text}" is no time`, () => assert.equal(parseTime(text, START_MS), null));
}

/** A linear congruential generator (Numerical Recipes): whole numbers below a bound. */
function seeded(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

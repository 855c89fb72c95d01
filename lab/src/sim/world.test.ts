import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import { World } from './world.ts';

test('Actors wake in the order of their alarms, and of their birth where these are equal', () => {
  const world = new World();
  const woken: string[] = [];
  const add = (name: string) => world.add({ wake: (nowUs) => woken.push(`${name}@${nowUs}`) });
  const [a, b, c] = [add('a'), add('b'), add('c')];
  world.arm(c, 10);
  world.arm(a, 20);
  world.arm(b, 10);
  world.run(15);
  assert.deepEqual(woken, ['b@10', 'c@10']);
  world.run(30);
  assert.deepEqual(woken.at(-1), 'a@20');
  assert.equal(world.nowUs, 30);
});

test('An alarm moves, is cleared, and what is past wakes at once', () => {
  const world = new World();
  const woken: number[] = [];
  const actor = world.add({ wake: (nowUs) => woken.push(nowUs) });
  world.arm(actor, 50);
  world.arm(actor, 5.2);
  world.run(10);
  world.arm(actor, 20);
  world.arm(actor, Number.POSITIVE_INFINITY);
  world.run(30);
  world.arm(actor, 1);
  world.run(40);
  assert.deepEqual(woken, [6, 30]);
});

test('However alarms are set, time never goes back', () => {
  const random = new Random(1);
  const world = new World();
  let lastUs = 0;
  const actors = Array.from({ length: 40 }, () =>
    world.add({
      wake: (nowUs) => {
        assert.ok(nowUs >= lastUs);
        lastUs = nowUs;
        for (let i = 0; i < 3; i++) {
          world.arm(random.below(40), nowUs + random.below(1000) - 200);
        }
      },
    }),
  );
  for (const actor of actors) world.arm(actor, random.below(1000));
  world.run(100_000);
  assert.ok(world.wakes > 1000);
});

test('An actor that sets its alarm to now for ever is found out', () => {
  const world = new World();
  const actor = world.add({ wake: (nowUs) => world.arm(actor, nowUs) });
  world.arm(actor, 1);
  assert.throws(() => world.run(2), /time goes on/);
});

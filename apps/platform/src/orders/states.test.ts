import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import {
  ORDER_COMMANDS,
  ORDER_ITEM_STATES,
  type OrderItemState,
  type OrderState,
} from '@rmh/contract/api';
import { commandsFor, isFinal, MOVES, move, orderStateOf } from './states.ts';

test('Every state knows every command: it moves or refuses, and a final one refuses all', () => {
  const told = ORDER_ITEM_STATES.map((state) => [
    state,
    ...ORDER_COMMANDS.map((command) => move(state, command) ?? '–'),
  ]);
  assert.deepEqual(told, [
    ['placed', 'acknowledged', 'rejected', '–', '–', '–', 'cancelled', '–'],
    ['acknowledged', '–', '–', 'in-progress', 'held', '–', 'cancelled', '–'],
    ['in-progress', '–', '–', '–', 'held', '–', 'cancelled', 'completed'],
    ['held', '–', '–', '–', '–', 'in-progress', 'cancelled', '–'],
    ['completed', '–', '–', '–', '–', '–', '–', '–'],
    ['rejected', '–', '–', '–', '–', '–', '–', '–'],
    ['cancelled', '–', '–', '–', '–', '–', '–', '–'],
  ]);
});

test('An order is what its items are', () => {
  const cases: readonly (readonly [OrderState, ...OrderItemState[]])[] = [
    ['placed', 'placed', 'acknowledged'],
    ['acknowledged', 'acknowledged', 'acknowledged', 'rejected'],
    ['in-progress', 'in-progress', 'acknowledged'],
    ['in-progress', 'held', 'acknowledged'],
    ['held', 'held', 'held'],
    ['held', 'held', 'completed'],
    ['partial', 'completed', 'in-progress'],
    ['partial', 'completed', 'in-progress', 'held'],
    ['completed', 'completed', 'cancelled', 'rejected'],
    ['cancelled', 'cancelled', 'rejected'],
    ['rejected', 'rejected', 'rejected'],
  ];
  for (const [state, ...items] of cases) assert.equal(orderStateOf(items), state, items.join());
});

const FINAL: readonly OrderState[] = ['completed', 'rejected', 'cancelled'];

/** What must hold whatever was commanded; returns what does not. */
function broken(before: readonly OrderItemState[], after: readonly OrderItemState[]): string[] {
  const faults: string[] = [];
  for (const [at, state] of before.entries()) {
    if (isFinal(state) && after[at] !== state) faults.push(`${state} came to ${after[at]}`);
  }
  const state = orderStateOf(after);
  if (FINAL.includes(state) !== after.every(isFinal)) faults.push(`${state} of ${after.join()}`);
  if (FINAL.includes(state) !== (commandsFor(after).length === 0)) faults.push(`${state} acts`);
  const isDelivered = after.includes('completed');
  if (!isDelivered && ['completed', 'partial'].includes(state)) faults.push(`${state} of nothing`);
  return faults;
}

test('Whatever is commanded: what is final stays, and an order ends when its items do', () => {
  const seed = 20_261_126;
  const random = new Random(seed);
  const reached = new Set<OrderState>();
  for (let order = 0; order < 500; order++) {
    let items: OrderItemState[] = Array.from({ length: 1 + random.below(6) }, () => 'placed');
    for (let step = 0; step < 40; step++) {
      const command = ORDER_COMMANDS[random.below(ORDER_COMMANDS.length)] ?? 'cancel';
      const next = items.map((state) =>
        random.below(2) === 0 ? state : (move(state, command) ?? state),
      );
      assert.deepEqual(broken(items, next), [], `seed ${seed}, order ${order}`);
      items = next;
      reached.add(orderStateOf(items));
    }
  }
  assert.equal(reached.size, 8, 'every state of an order was met');
});

test('The control: an item that comes back from the end is noticed', () => {
  assert.deepEqual(broken(['completed'], ['placed']), ['completed came to placed']);
});

test('From every state that is not final an order can be cancelled', () => {
  for (const state of ORDER_ITEM_STATES) {
    assert.equal(MOVES[state].cancel !== undefined, !isFinal(state), state);
  }
});

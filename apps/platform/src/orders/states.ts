// What may happen to an order. Only its items have states of their own; the order's is read from
// them, so the two never disagree.
import {
  ORDER_COMMANDS,
  type OrderCommand,
  type OrderItemState,
  type OrderState,
} from '@rmh/contract/api';

type Moves = Readonly<Partial<Record<OrderCommand, OrderItemState>>>;

/** Each state with what leads out of it; whatever does not stand here is refused. */
export const MOVES: Readonly<Record<OrderItemState, Moves>> = {
  placed: { acknowledge: 'acknowledged', reject: 'rejected', cancel: 'cancelled' },
  acknowledged: { start: 'in-progress', hold: 'held', cancel: 'cancelled' },
  'in-progress': { hold: 'held', complete: 'completed', cancel: 'cancelled' },
  // Whoever was held before work began goes straight on to work.
  held: { resume: 'in-progress', cancel: 'cancelled' },
  completed: {},
  rejected: {},
  cancelled: {},
};

/** Null: refused. */
export function move(state: OrderItemState, command: OrderCommand): OrderItemState | null {
  return MOVES[state][command] ?? null;
}

export const isFinal = (state: OrderItemState): boolean => Object.keys(MOVES[state]).length === 0;

/** An order has one item at least. */
export function orderStateOf(items: readonly OrderItemState[]): OrderState {
  const open = items.filter((state) => !isFinal(state));
  const isDelivered = items.includes('completed');
  if (open.length === 0) {
    if (isDelivered) return 'completed';
    return items.includes('cancelled') ? 'cancelled' : 'rejected';
  }
  if (open.every((state) => state === 'held')) return 'held';
  if (isDelivered) return 'partial';
  if (open.some((state) => state === 'in-progress' || state === 'held')) return 'in-progress';
  return open.includes('placed') ? 'placed' : 'acknowledged';
}

/** Commands that at least one item takes. `complete` is fulfilment's own and not among them. */
export function commandsFor(items: readonly OrderItemState[]): OrderCommand[] {
  return ORDER_COMMANDS.filter(
    (command) => command !== 'complete' && items.some((state) => move(state, command) !== null),
  );
}

// What may happen to a case, and by whom. The carrier says that it has seen it, works on it and has
// mended it; everything else is ours. What it says by telephone we may write down for it.
import {
  CARRIER_COMMANDS,
  CASE_COMMANDS,
  type CaseCommand,
  type CaseSide,
  type CaseState,
} from '@rmh/contract/api';

type Moves = Readonly<Partial<Record<CaseCommand, CaseState>>>;

/** Each state with what leads out of it; whatever does not stand here is refused. */
export const MOVES: Readonly<Record<CaseState, Moves>> = {
  open: { send: 'sent', withdraw: 'withdrawn' },
  sent: {
    acknowledge: 'acknowledged',
    progress: 'in-progress',
    resolve: 'resolved',
    withdraw: 'withdrawn',
  },
  acknowledged: { progress: 'in-progress', resolve: 'resolved', withdraw: 'withdrawn' },
  'in-progress': { resolve: 'resolved', withdraw: 'withdrawn' },
  resolved: { close: 'closed', reopen: 'in-progress' },
  closed: {},
  withdrawn: {},
};

const OF_CARRIER: readonly CaseCommand[] = CARRIER_COMMANDS;

/** Null: refused. */
export function move(state: CaseState, command: CaseCommand, side: CaseSide): CaseState | null {
  if (side === 'carrier' && !OF_CARRIER.includes(command)) return null;
  return MOVES[state][command] ?? null;
}

export const isOver = (state: CaseState): boolean => Object.keys(MOVES[state]).length === 0;

export function commandsFor(state: CaseState, side: CaseSide): CaseCommand[] {
  return CASE_COMMANDS.filter((command) => move(state, command, side) !== null);
}

/** The carrier has said something for the first time. */
export const isAnswer = (command: CaseCommand): boolean => OF_CARRIER.includes(command);

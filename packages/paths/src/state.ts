/**
 * The life of a path. Suspicion is fast and cheap (new packets avoid the path, what is unanswered
 * is sent again elsewhere); death is slow, because outages on the road mostly end within 3 s and
 * often only delay.
 */
export type PathState = 'untried' | 'validating' | 'carrying' | 'suspect' | 'parked' | 'closed';

/**
 * - validate: a challenge left for an address that has not answered yet
 * - heard: the path answered a challenge, a probe or data
 * - late: an expected answer did not come within the path's patience
 * - silent: late for so long that it only gets probes
 * - lost: the link is gone or refuses packets
 * - found: the link is back
 * - close: one end gave the path up
 */
export type PathEvent = 'validate' | 'heard' | 'late' | 'silent' | 'lost' | 'found' | 'close';

/** What is not listed is refused: the state stays. */
export const PATH_TRANSITIONS: Readonly<
  Record<PathState, Readonly<Partial<Record<PathEvent, PathState>>>>
> = {
  untried: { validate: 'validating', lost: 'untried', close: 'closed' },
  validating: { heard: 'carrying', silent: 'parked', lost: 'untried', close: 'closed' },
  carrying: { late: 'suspect', validate: 'validating', lost: 'untried', close: 'closed' },
  suspect: {
    heard: 'carrying',
    silent: 'parked',
    validate: 'validating',
    lost: 'untried',
    close: 'closed',
  },
  parked: { heard: 'carrying', validate: 'validating', lost: 'untried', close: 'closed' },
  closed: { found: 'untried' },
};

export function nextPathState(state: PathState, event: PathEvent): PathState {
  return PATH_TRANSITIONS[state][event] ?? state;
}

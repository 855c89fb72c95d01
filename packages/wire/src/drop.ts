/**
 * Why a packet went no further. Hostile or damaged input is normal: a reason is counted, never
 * thrown or logged per packet. Reasons start at 1, so 0 can mean "nothing wrong".
 */
export const Drop = {
  tooShort: 1,
  badLength: 2,
  badType: 3,
  reservedNotZero: 4,
  badMac1: 5,
  unknownReceiver: 6,
  unknownPeer: 7,
  replayedHandshake: 8,
  badTag: 9,
  badPublicKey: 10,
  badCounter: 11,
  replayedCounter: 12,
  counterTooOld: 13,
  keyExpired: 14,
  rateLimited: 15,
  cookieRequired: 16,
  badCookie: 17,
  notEstablished: 18,
  badFrame: 19,
  unknownFrame: 20,
  innerMalformed: 21,
  innerSourceNotAllowed: 22,
  noRoute: 23,
  noPath: 24,
  queueFull: 25,
  duplicate: 26,
  tooLate: 27,
  sendFailed: 28,
  tunWriteFailed: 29,
  tooLarge: 30,
} as const;

export type Drop = (typeof Drop)[keyof typeof Drop];

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(Drop).map(([name, reason]) => [reason, name]),
);

/** How many counters a table indexed by reason needs (index 0 stays unused). */
export const DROP_REASONS = Math.max(...Object.values(Drop)) + 1;

/** The reason's name in counters and logs; "unknown" for a number that is none. */
export function dropName(reason: number): string {
  return NAMES.get(reason) ?? 'unknown';
}

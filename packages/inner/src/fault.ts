/** Why an inner packet can not be handled. Starts at 1, so 0 means "nothing wrong". */
export const InnerFault = {
  tooShort: 1,
  badVersion: 2,
  /** A header's length field contradicts the bytes given. */
  badLength: 3,
  /** IPv6 extension headers cut off, or more than EXTENSIONS_MAX of them. */
  badExtensions: 4,
  /** TCP or UDP header cut off, or of a kind that an unfinished checksum can not belong to. */
  badTransport: 5,
  /** The virtio header contradicts the packet behind it. */
  badOffload: 6,
  /** Over the inner MTU and not to be cut: answer with writePacketTooBig. */
  tooLarge: 7,
} as const;

export type InnerFault = (typeof InnerFault)[keyof typeof InnerFault];

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(InnerFault).map(([name, fault]) => [fault, name]),
);

/** How many counters a table indexed by fault needs (index 0 stays unused). */
export const INNER_FAULTS = Math.max(...Object.values(InnerFault)) + 1;

/** The fault's name in counters and logs; "unknown" for a number that is none. */
export function innerFaultName(fault: number): string {
  return NAMES.get(fault) ?? 'unknown';
}

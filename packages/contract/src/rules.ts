// The traffic classes and the rules that put a packet into one (packages/inner classifies).
export const TRAFFIC_CLASSES = ['critical', 'realtime', 'interactive', 'bulk'] as const;
export type TrafficClassName = (typeof TRAFFIC_CLASSES)[number];

/** Every field that is present must match; the first rule that matches decides. */
export interface ClassRule {
  readonly class: TrafficClassName;
  /** 0 … 63. */
  readonly dscp?: number;
  /** IP protocol number. */
  readonly protocol?: number;
  readonly sourcePrefix?: string;
  readonly destinationPrefix?: string;
  /** Both ends included. */
  readonly sourcePort?: [number, number];
  readonly destinationPort?: [number, number];
}

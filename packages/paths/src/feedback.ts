/** What one report says that is new. Times µs; filled anew for each. */
export interface Feedback {
  nowUs: number;
  /** When the newest packet left, and its arrival − departure modulo 2^32 [FR-14]. */
  sentUs: number;
  oneWayUs: number;
  /** UDP payload bytes that arrived up to then, from the beginning of the path. */
  deliveredBytes: number;
  rttUs: number;
  smoothedRttUs: number;
  /** When the newest packet left that this report showed to be lost, or −1. */
  lostSentUs: number;
}

export function noFeedback(): Feedback {
  return {
    nowUs: 0,
    sentUs: 0,
    oneWayUs: 0,
    deliveredBytes: 0,
    rttUs: 0,
    smoothedRttUs: 0,
    lostSentUs: -1,
  };
}

/** What the kernel knows of a TCP connection (struct tcp_info, linux/tcp.h). */
import { getCounter } from './native.ts';

export interface TcpState {
  readonly state: TcpPhase;
  readonly rttUs: number;
  readonly rttVariationUs: number;
  readonly rttMinUs: number;
  readonly segmentBytesMax: number;
  readonly congestionWindowSegments: number;
  readonly unackedSegments: number;
  readonly retransmittedSegments: number;
  readonly sentBytes: number;
  readonly retransmittedBytes: number;
  readonly ackedBytes: number;
  readonly receivedBytes: number;
  /** As the kernel measured it last; 0 if it never did. */
  readonly deliveryBytesPerSecond: number;
}

// The kernel's own order, from 1.
const phases = [
  'established',
  'syn-sent',
  'syn-received',
  'fin-wait-1',
  'fin-wait-2',
  'time-wait',
  'closed',
  'close-wait',
  'last-ack',
  'listen',
  'closing',
] as const;
export type TcpPhase = (typeof phases)[number] | 'unknown';

/** A kernel that knows fewer fields leaves zeros. */
export const TCP_STATE_BYTES = 240;

export function readTcpState(view: DataView): TcpState {
  const u32 = (at: number) => view.getUint32(at, true);
  return {
    state: phases[view.getUint8(0) - 1] ?? 'unknown',
    segmentBytesMax: u32(16),
    unackedSegments: u32(24),
    rttUs: u32(68),
    rttVariationUs: u32(72),
    congestionWindowSegments: u32(80),
    retransmittedSegments: u32(100),
    ackedBytes: getCounter(view, 120),
    receivedBytes: getCounter(view, 128),
    rttMinUs: u32(148),
    deliveryBytesPerSecond: getCounter(view, 160),
    sentBytes: getCounter(view, 200),
    retransmittedBytes: getCounter(view, 208),
  };
}

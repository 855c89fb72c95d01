// The head of every packet (UDP) and message (TCP) that a lab device sends.
//
//  0      2        3         4      8      12              20
//  magic  flow id  vehicle   bytes  seq    sent (µs, f64)  filler…
//
// "sent" is CLOCK_MONOTONIC: sender and receiver run on one machine, so the difference to the
// receiver's own reading is the one-way delay, and no step of the wall clock can falsify it.
export const HEAD_BYTES = 20;
const MAGIC = 0x524d; // "RM"

export interface Head {
  flowId: number;
  vehicle: number;
  bytes: number;
  sequence: number;
  sentUs: number;
}

export function writeHead(view: DataView, at: number, head: Readonly<Head>): void {
  view.setUint16(at, MAGIC);
  view.setUint8(at + 2, head.flowId);
  view.setUint8(at + 3, head.vehicle);
  view.setUint32(at + 4, head.bytes);
  view.setUint32(at + 8, head.sequence);
  view.setFloat64(at + 12, head.sentUs);
}

/** Fills `into`; false when these bytes are not ours or not whole. */
export function readHead(view: DataView, at: number, length: number, into: Head): boolean {
  if (length < HEAD_BYTES || view.getUint16(at) !== MAGIC) return false;
  into.flowId = view.getUint8(at + 2);
  into.vehicle = view.getUint8(at + 3);
  into.bytes = view.getUint32(at + 4);
  into.sequence = view.getUint32(at + 8);
  into.sentUs = view.getFloat64(at + 12);
  return into.bytes >= HEAD_BYTES;
}

export function emptyHead(): Head {
  return { flowId: 0, vehicle: 0, bytes: 0, sequence: 0, sentUs: 0 };
}

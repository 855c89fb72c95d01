import type { Arena } from '@rmh/base';
import { allocateArena, IOVEC_BYTES, ReceiveBatch } from '@rmh/netio';
import { ENDPOINT_BLOCK_BYTES, SCRATCH_BYTES } from '@rmh/session';

/**
 * The one arena of a data plane, cut into regions. Packets are named by their offset in it from
 * the moment the kernel hands them over until it takes them back.
 */
export interface Layout {
  readonly arena: Arena;
  readonly receiveAt: number;
  /** [virtio header][one packet or train] as TUN hands it over. */
  readonly tunAt: number;
  readonly vnetAt: number;
  readonly iovecsAt: number;
  readonly scratchAt: number;
  readonly transmitsAt: number;
  readonly endpointsAt: number;
  readonly flightsAt: number;
  readonly holdsAt: number;
}

export function layOut(): Layout {
  let used = 0;
  const region = (bytes: number): number => {
    const at = used;
    used += (bytes + 63) & ~63;
    return at;
  };
  const places = {
    receiveAt: region(ReceiveBatch.regionBytes(RECEIVE_SLOTS, RECEIVE_SLOT_BYTES)),
    tunAt: region(TUN_READ_BYTES),
    vnetAt: region(64),
    iovecsAt: region(IOVECS_MAX * IOVEC_BYTES),
    scratchAt: region(SCRATCH_BYTES),
    transmitsAt: region(TRANSMIT_BYTES),
    endpointsAt: region(ENDPOINT_BLOCKS * ENDPOINT_BLOCK_BYTES),
    flightsAt: region(FLIGHT_SLOTS * SLOT_BYTES),
    holdsAt: region(HOLD_SLOTS * SLOT_BYTES),
  };
  return { arena: allocateArena(used), ...places };
}

/** A train of the kernel fills one slot (65,535 bytes); 8 of them a call. */
export const RECEIVE_SLOTS = 8;
export const RECEIVE_SLOT_BYTES = 65_536;
/** virtio header and the longest train of TUN. */
export const TUN_READ_BYTES = 10 + 65_536;
/** The virtio header and the 256 pieces of a train; the kernel takes 1,024 (UIO_MAXIOV). */
export const IOVECS_MAX = 257;
/** Two full trains: they leave while they still lie in the processor's cache. */
export const TRANSMIT_BYTES = 128 * 1024;
export const TRANSMIT_ROWS = 1024;
/** 2,000 units × (8 paths × 2 addresses + 1), and the sources under way. */
export const ENDPOINT_BLOCKS = 40_960;
/** Inner MTU 1,420 at most, data header 16, padding of a stock packet 16: up to 1,452. */
export const SLOT_BYTES = 1536;
/** 300 Mbit/s × 0.5 s / 8 / 1,400 B = 13,400 packets that may have to leave again. */
export const FLIGHT_SLOTS = 16_384;
/** 4 modems × 50 Mbit/s × 0.3 s = 7.5 MB, about 5,000 full packets. */
export const HOLD_SLOTS = 8192;
/** Rows of deliveries: one receive batch holds at most 8 × 64 datagrams, and releases follow. */
export const DELIVERY_ROWS = 2048;

/**
 * The repair symbol: parity over a few packets of one stream, from which any single lost one is
 * rebuilt without asking [FR-18].
 *
 *   0 … 11        12            16     17     18       20
 *   frame header  first number  count  flags  lengths  parity…
 *
 * Members are the data frames of the frame header's stream with the numbers first … first + count
 * − 1. `flags` and `lengths` are the exclusive or of theirs, `parity` that of their inner packets,
 * the shorter ones as if filled up with zeros: as long as the longest of them.
 */
import { FLAG_CHECKSUM_PARTIAL, FLAG_JOINS_PREVIOUS, STREAM_NUMBER_AT } from './frames.ts';

export const REPAIR_FIRST_AT = STREAM_NUMBER_AT;
export const REPAIR_COUNT_AT = 16;
export const REPAIR_FLAGS_AT = 17;
export const REPAIR_LENGTHS_AT = 18;
export const REPAIR_HEADER_BYTES = 20;

/** A symbol over one packet would be a copy, and copies need no symbol. */
export const REPAIR_COUNT_MIN = 2;
/** Half of what the receiver keeps; one loss in more than 32 packets needs no symbol. */
export const REPAIR_COUNT_MAX = 32;
/** The largest inner MTU; with this header still 1,500 bytes in all over IPv4. */
export const REPAIR_PARITY_BYTES_MAX = 1_420;

/** What is rebuilt of a member's flags; the others belong to one transmission. */
export const REPAIR_FLAGS = FLAG_JOINS_PREVIOUS | FLAG_CHECKSUM_PARTIAL;

/**
 * Is what lies behind a frame header of kind 0x14 a symbol? The header itself has been checked.
 * Lengths are below 2^11, so their exclusive or is as well.
 */
export function repairIsSound(view: DataView, at: number, length: number): boolean {
  if (length <= REPAIR_HEADER_BYTES) return false;
  if (length > REPAIR_HEADER_BYTES + REPAIR_PARITY_BYTES_MAX) return false;
  const count = view.getUint8(at + REPAIR_COUNT_AT);
  if (count < REPAIR_COUNT_MIN || count > REPAIR_COUNT_MAX) return false;
  if ((view.getUint8(at + REPAIR_FLAGS_AT) & ~REPAIR_FLAGS) !== 0) return false;
  return view.getUint16(at + REPAIR_LENGTHS_AT, true) < 2048;
}

/** Writes what stands between the frame header and the parity. */
export function writeRepairHeader(
  view: DataView,
  at: number,
  first: number,
  count: number,
  flags: number,
  lengths: number,
): void {
  view.setUint32(at + REPAIR_FIRST_AT, first, true);
  view.setUint8(at + REPAIR_COUNT_AT, count);
  view.setUint8(at + REPAIR_FLAGS_AT, flags);
  view.setUint16(at + REPAIR_LENGTHS_AT, lengths, true);
}

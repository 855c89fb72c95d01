/**
 * What a multipath end puts inside a transport message (docs/protocol.md, FR).
 *
 *   0     1     2       3      4            8            12
 *   kind  path  stream  flags  path number  sent at µs   stream number (data)
 *                                                        or control frames
 *
 * The first nibble of `kind` is never 4 or 6, so a frame can not be taken for an IP packet
 * [FR-1]. Integers are little-endian, as in WireGuard's own headers.
 */
export const FrameKind = { data: 0x11, control: 0x12, fragment: 0x13, symbol: 0x14 } as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

export const KIND_AT = 0;
export const PATH_AT = 1;
/** Traffic class in the upper two bits, flow bucket in the lower six [FR-4]. */
export const STREAM_AT = 2;
export const FLAGS_AT = 3;
export const PATH_NUMBER_AT = 4;
/** The sender's monotonic clock, µs, modulo 2^32 (71 minutes). */
export const SENT_AT = 8;
export const STREAM_NUMBER_AT = 12;

export const FRAME_HEADER_BYTES = 12;
export const DATA_HEADER_BYTES = 16;
/** A fragment's header: the data header, then index and count, then two zero bytes. */
export const FRAGMENT_HEADER_BYTES = 20;
export const FRAGMENT_INDEX_AT = 16;
export const FRAGMENT_COUNT_AT = 17;
/** 1,420 bytes in pieces of what a path of 576 bytes still carries. */
export const FRAGMENTS_MAX = 4;

/** This segment follows stream number − 1 of the same train [FR-6]. */
export const FLAG_JOINS_PREVIOUS = 1;
/** The transport checksum is unfinished: the far kernel completes it [FR-7]. */
export const FLAG_CHECKSUM_PARTIAL = 2;
/** A repair: an earlier copy left on some path before [FR-8]. */
export const FLAG_REPAIR = 4;
/** No report owed for this message (it only carries reports) [FR-9]. */
export const FLAG_NO_REPORT = 8;
const FLAGS_KNOWN = 15;

/** Paths of one session: four modems, two satellites, station Wi-Fi and cable. */
export const PATHS_MAX = 8;
/** 4 classes × 64 flow buckets. */
export const STREAMS_MAX = 256;

/** The frame's kind when its header is well formed, 0 when the message must be dropped [FR-2]. */
export function frameKind(view: DataView, at: number, length: number): number {
  if (length < FRAME_HEADER_BYTES) return 0;
  const kind = view.getUint8(at + KIND_AT);
  if (view.getUint8(at + PATH_AT) >= PATHS_MAX) return 0;
  if ((view.getUint8(at + FLAGS_AT) & ~FLAGS_KNOWN) !== 0) return 0;
  if (kind === FrameKind.data) return length > DATA_HEADER_BYTES ? kind : 0;
  if (kind === FrameKind.fragment) return length > FRAGMENT_HEADER_BYTES ? kind : 0;
  if (kind === FrameKind.symbol) return length > DATA_HEADER_BYTES ? kind : 0;
  return kind === FrameKind.control ? kind : 0;
}

/** Is this plaintext a bare IP packet, as a stock WireGuard peer sends it? [FR-1] */
export function isBareIp(firstByte: number): boolean {
  const nibble = firstByte >> 4;
  return nibble === 4 || nibble === 6;
}

export function writeFrameHeader(
  view: DataView,
  at: number,
  kind: FrameKind,
  path: number,
  stream: number,
  flags: number,
): void {
  view.setUint8(at + KIND_AT, kind);
  view.setUint8(at + PATH_AT, path);
  view.setUint8(at + STREAM_AT, stream);
  view.setUint8(at + FLAGS_AT, flags);
}

/** The two fields that are new on every transmission, also of the same packet [FR-3]. */
export function stampTransmission(
  view: DataView,
  at: number,
  pathNumber: number,
  sentUs: number,
): void {
  view.setUint32(at + PATH_NUMBER_AT, pathNumber, true);
  view.setUint32(at + SENT_AT, sentUs >>> 0, true);
}

/** a − b of two 32-bit numbers on their circle: −2^31 … 2^31 − 1. */
export function distance32(a: number, b: number): number {
  return (a - b) | 0;
}

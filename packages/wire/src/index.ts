export type { PacketAead, PacketKey } from './aead.ts';
export * from './control.ts';
export { DROP_REASONS, Drop, dropName } from './drop.ts';
export * from './frames.ts';
export * from './messages.ts';
export * from './repair.ts';
export { compareTai64n, TAI64N_BYTES, tai64nFromUnixUs } from './tai64n.ts';

export {
  completeChecksum,
  fillChecksumPseudo,
  finishChecksum,
  internetChecksum,
  pseudoSum,
  sumBytes,
  updateChecksum,
} from './checksum.ts';
export { Classifier, type ClassRule, DSCP_DEFAULTS, RULES_MAX } from './classifier.ts';
export { INNER_FAULTS, InnerFault, innerFaultName } from './fault.ts';
export { IP_BYTES_MAX, PROTOCOL_TCP, VNET_HEADER_BYTES } from './layout.ts';
export { clampMss } from './mss.ts';
export { InnerPacket } from './packet.ts';
export { destinationIn, sourceIn } from './prefix.ts';
export { PrefixTable } from './prefix-table.ts';
export { isPureAck } from './pure-ack.ts';
export { SEGMENTS_MAX, Segmenter } from './segmenter.ts';
export { TOO_BIG_BYTES_MAX, writePacketTooBig } from './too-big.ts';
export { PIECES_MAX, TrainBuilder } from './train-builder.ts';

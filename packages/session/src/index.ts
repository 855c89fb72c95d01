export {
  ENDPOINT_BLOCK_BYTES,
  EndpointBlocks,
  type Environment,
  SCRATCH_BYTES,
  type TunnelEvent,
} from './environment.ts';
export { classOf, type Lane, Peer, type PeerSettings } from './peer.ts';
export { Transmits } from './transmits.ts';
export { STOCK_STREAM, Tunnel, type TunnelOptions } from './tunnel.ts';

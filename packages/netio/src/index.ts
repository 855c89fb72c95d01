export { allocateArena, IOVEC_BYTES, setIovec } from './arena.ts';
export { nowUs, wallUs } from './clock.ts';
export { ENDPOINT_BYTES, readEndpoint, writeEndpoint } from './endpoint.ts';
export { Errno, errnoName, NetError, type NetErrorCode } from './errors.ts';
export { type Capabilities, capabilities, readSysctl, setSubreaper, sysctl } from './host.ts';
export type { AddressOptions } from './netlink/addresses.ts';
export type { LinkChange } from './netlink/links.ts';
export { type LinkEvent, RtnlMonitor } from './netlink/monitor.ts';
export type {
  AddressRecord,
  LinkRecord,
  RouteKind,
  RouteRecord,
  RuleRecord,
} from './netlink/records.ts';
export { type Route, RouteProtocol } from './netlink/routes.ts';
export { Rtnl } from './netlink/rtnl.ts';
export type { Rule } from './netlink/rules.ts';
export { closeNetns, createNetns, currentNetnsFd, enterNetns, inNetns } from './netns.ts';
export { POLLED_MAX, Poller } from './poller.ts';
export { TcpListener, type TcpOptions, TcpStream } from './tcp.ts';
export type { TcpPhase, TcpState } from './tcp-state.ts';
export { TunDevice, type TunOptions, VNET_HEADER_BYTES } from './tun.ts';
export { ReceiveBatch } from './udp-receive.ts';
export { SendBatch, TRAIN_BYTES_MAX, TRAIN_SEGMENTS_MAX } from './udp-send.ts';
export { type UdpOptions, UdpSocket } from './udp-socket.ts';
export { Wake } from './wake.ts';

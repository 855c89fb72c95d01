export { type Arena, plainArena } from './arena.ts';
export { AssertionFailed, assert, present, unreachable } from './assert.ts';
export {
  formatEndpoint,
  formatIp,
  formatPrefix,
  type IpAddress,
  type IpEndpoint,
  type IpPrefix,
  networkOf,
  parseEndpoint,
  parseIp,
  parsePrefix,
  prefixContains,
} from './ip.ts';
export { Random } from './random.ts';

export { TRAFFIC_CLASS_NAMES, TrafficClass, type TrafficClassName } from './traffic-class.ts';

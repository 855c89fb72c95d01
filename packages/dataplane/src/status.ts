import { TRAFFIC_CLASS_NAMES } from '@rmh/base';
import type { DataplaneStatus, PathLatest, PathStatus, PeerState, PeerStatus } from '@rmh/contract';
import type { Lane, Peer } from '@rmh/session';
import { DROP_REASONS, dropName } from '@rmh/wire';
import type { Engine } from './engine.ts';

/** A picture of the data plane for people and programs; never a key. */
export function statusOf(engine: Engine, nowUs: number): DataplaneStatus {
  const peers = engine.tunnel.peers.filter((peer) => peer !== null);
  const { user, system } = process.threadCpuUsage();
  return {
    nowUs,
    role: engine.tunnel.role,
    tun: { name: engine.tun.name, mtu: engine.config.tun.mtu },
    peers: peers.map((peer) => peerStatus(engine, peer, nowUs)),
    gatewaySwitches: engine.tunnel.choice.switches,
    drops: dropsOf(engine),
    cpuUs: user + system,
  };
}

function peerStatus(engine: Engine, peer: Peer, nowUs: number): PeerStatus {
  return {
    name: peer.settings.name,
    state: stateOf(peer),
    active: peer.active,
    draining: peer.draining,
    handshakes: peer.handshakes,
    lastHandshakeAgeMs:
      peer.handshakes === 0 ? null : Math.round((nowUs - peer.lastHandshakeUs) / 1000),
    multipath: peer.speech === 'multipath',
    paths: peer.lanes.map((lane) => pathStatus(engine, lane, nowUs)),
    classes: peer.tallies.map((tally, i) => ({ name: TRAFFIC_CLASS_NAMES[i] ?? '', ...tally })),
  };
}

function stateOf(peer: Peer): PeerState {
  if (peer.keys.current === null) {
    return (peer.handshake?.tries ?? 0) > UNREACHABLE_TRIES ? 'unreachable' : 'connecting';
  }
  return peer.speech === 'stock' ? 'stock' : 'established';
}

function pathStatus(engine: Engine, lane: Lane, nowUs: number): PathStatus {
  const measured = lane.rtt.samples > 0;
  const remote = lane.open ? engine.endpointText(lane.endpointAt) : '';
  return {
    id: lane.id,
    link: engine.links[lane.link]?.name ?? '',
    remote,
    state: lane.state,
    rttMs: measured ? lane.rtt.smoothedUs / 1000 : null,
    minRttMs: measured ? lane.rtt.leastUs / 1000 : null,
    lossPct: lane.lossShare * 100,
    bytesSent: lane.bytesSent,
    bytesReceived: lane.arrivals.bytes,
    bytesDuplicated: lane.bytesDuplicated,
    packetsSent: lane.packetsSent,
    packetsLost: lane.packetsLost,
    suspicions: lane.suspicions,
    mtu: 0,
    // Of thousands of paths at a gateway nobody asks that.
    ...(engine.tunnel.role === 'unit' ? { latest: latestOf(lane, nowUs) } : {}),
  };
}

function latestOf(lane: Lane, nowUs: number): PathLatest {
  return {
    // The far end's own delay is taken off, and two clocks may make that a little too much.
    rttMs: Math.max(0, lane.rtt.latestUs) / 1000,
    rttSamples: lane.rtt.samples,
    queueMs: lane.queueUs / 1000,
    backlogged: lane.congestion.backlogUs(nowUs) >= LOOK_US,
    bytesDelivered: lane.deliveredBytes,
    packetsReceived: lane.arrivals.packets,
    oneWayUs: lane.arrivals.oneWayUs,
  };
}

function dropsOf(engine: Engine): Record<string, number> {
  const drops: Record<string, number> = {};
  for (let reason = 1; reason < DROP_REASONS; reason++) {
    const count = engine.drops[reason] ?? 0;
    if (count > 0) drops[dropName(reason)] = count;
  }
  return drops;
}

const UNREACHABLE_TRIES = 3;
/** Whoever records drives looks five times a second. */
const LOOK_US = 200_000;

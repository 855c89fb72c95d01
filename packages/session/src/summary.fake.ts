import type { End } from './end.fake.ts';
import type { Lane, Peer } from './peer.ts';

/**
 * Everything that an end knows, as one line: for tests that a refused packet changes none of it.
 * Counters of drops are left out, because they are what a refused packet does change.
 */
export function summaryOf(end: End): string {
  const { tunnel, env } = end;
  const parts: unknown[] = [
    tunnel.handshaker.byIndex.size,
    tunnel.handshaker.timestampFloorUs,
    tunnel.nextDeadlineUs,
    tunnel.choice.switches,
    env.holds.freeSlots,
    env.flights.overruns,
    env.transmits.count,
    env.deliveries.count,
    end.delivered.length,
    // A replay may be told to the operator, now and then, as a clock that runs behind.
    end.events.filter(({ event }) => event.kind !== 'handshake.refused').length,
  ];
  for (const peer of tunnel.peers) if (peer !== null) addPeer(parts, end, peer);
  return parts.join(' ');
}

function addPeer(parts: unknown[], end: End, peer: Peer): void {
  const { keys, handshake, hello, activation, roaming } = peer;
  for (const keypair of [keys.current, keys.previous, keys.next]) {
    parts.push(keypair?.localIndex, keypair?.peerIndex, keypair?.sendCounter);
    parts.push(keypair?.replay.highest);
  }
  parts.push(peer.speech, peer.theirIncarnation, peer.handshakes, peer.lastHandshakeUs);
  parts.push(peer.heardUs, peer.sentUs, peer.owedSinceUs, peer.keepaliveAtUs, peer.deadlineUs);
  parts.push(peer.active, peer.draining, peer.theirEpoch, peer.favourite, peer.cookieJars.size);
  parts.push(handshake?.localIndex, handshake?.tries, handshake?.againAtUs);
  parts.push(hello?.triesLeft, hello?.againAtUs, activation?.epoch, activation?.triesLeft);
  parts.push(peer.lastTimestamp.join(), roaming.link, addressAt(end, roaming.endpointAt));
  parts.push(peer.holding.size, peer.receivers.filter((each) => each !== null).length);
  for (const tally of peer.tallies) {
    parts.push(tally.sent, tally.received, tally.repaired, tally.duplicatesDropped);
    parts.push(tally.reordered, tally.late, tally.unsent);
  }
  for (const lane of peer.lanes) addLane(parts, end, lane);
}

function addLane(parts: unknown[], end: End, lane: Lane): void {
  const { arrivals, candidate, log, rtt } = lane;
  parts.push(lane.id, lane.link, lane.state, lane.open, lane.heardUs, lane.pingAtUs);
  parts.push(lane.reportAtUs, lane.lateAtUs, lane.lossShare, lane.packetsSent, lane.bytesSent);
  parts.push(log.next, log.oldestOpen, log.inFlight, rtt.samples, rtt.smoothedUs, rtt.varianceUs);
  parts.push(arrivals.newest, arrivals.packets, arrivals.bytes, arrivals.unreported);
  parts.push(arrivals.gapSeen, arrivals.reportBits, addressAt(end, lane.endpointAt));
  parts.push(lane.candidateLink, addressAt(end, lane.candidateAt), candidate?.token.join());
  parts.push(candidate?.received, candidate?.sent, candidate?.againAtUs);
}

/** An address of the simulation differs from another in these 8 bytes only. */
function addressAt(end: End, at: number): number {
  const { view } = end.arena;
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 20;
}

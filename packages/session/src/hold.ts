import type { StreamReceiver } from '@rmh/scheduler';
import type { Peer } from './peer.ts';

/**
 * How long a missing packet can still come: its sender notices after about a round trip and
 * patience, and the repair takes a way over the slower path; and that twice, since a repair is lost
 * as easily as what it repairs [OR-2]. A number is only missing here because it was lost on the
 * road: what its sender dropped before it left never had one.
 */
export function holdUs(peer: Peer, stream: number): number {
  const most = peer.treatmentOf(stream).holdMostUs;
  if (most === 0) return 0;
  let repairUs = 0;
  for (const lane of peer.lanes) {
    if (lane.state === 'carrying' || lane.state === 'suspect') {
      repairUs = Math.max(repairUs, lane.patienceUs + lane.rtt.smoothedUs / 2);
    }
  }
  return Math.min(most, REPAIRS_AWAITED * repairUs + HOLD_MARGIN_US);
}

/** The peer wakes when the stream's wait is over, and no longer when there is none. */
export function planRelease(peer: Peer, receiver: StreamReceiver): void {
  if (receiver.deadlineUs === null) {
    if (peer.holding.size > 0) peer.holding.delete(receiver);
    return;
  }
  peer.holding.add(receiver);
  peer.wakeAt(receiver.deadlineUs);
}

const HOLD_MARGIN_US = 10_000;
const REPAIRS_AWAITED = 2;

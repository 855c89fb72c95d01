// What the history wants to know of an event beyond what the session says: the carrier's name,
// and how long an answer had been awaited when a path came into doubt.
import type { LogFields } from '@rmh/contract';
import type { TunnelEvent } from '@rmh/session';
import type { Engine } from './engine.ts';

export function factsOf(engine: Engine, event: TunnelEvent, nowUs: number): LogFields {
  const { kind: _, ...fields } = event;
  if (event.kind !== 'path.state') return fields;
  const peer = engine.tunnel.peers.find((each) => each?.settings.name === event.peer);
  const lane = peer?.laneById[event.path];
  if (!lane) return fields;
  const lateAtUs = lane.lateAtUs;
  const silentUs = lateAtUs === null ? 0 : nowUs - (lateAtUs - lane.patienceUs);
  return {
    ...fields,
    link: engine.links[lane.link]?.name ?? '',
    silentMs: Math.max(0, Math.round(silentUs / 1000)),
  };
}

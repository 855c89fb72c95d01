import type { TrafficClass } from '@rmh/base';
import { Path, type PathState } from '@rmh/paths';
import { Load } from './load.ts';
import { NOT_SPARED, OutageRate, type Way } from './risk.ts';

/** What a test says of a path. */
export interface Told {
  state?: PathState;
  oneWayMs?: number;
  varianceMs?: number;
  loss?: number;
  /** When it may send next, µs; 0: now. */
  readyUs?: number;
  mbitPerSecond?: number;
  inFlightBytes?: number;
  /** So much may be unanswered, bytes. */
  windowBytes?: number;
  sparedFrom?: TrafficClass;
  foreseenRisk?: number;
  /** So much of it more urgent classes take. */
  takenMbit?: number;
  /** It fell steeply a moment ago. */
  fallen?: boolean;
  /** Its rate was seen of late to be no more than that. */
  limited?: boolean;
}

/** A path with the estimates that a test gives it. */
export function way(id: number, told: Told): Way {
  const path = Object.assign(new Path(id), {
    outages: new OutageRate(),
    load: Object.assign(new Load(), { before: () => ((told.takenMbit ?? 0) * 1e6) / 8 }),
    sparedFrom: told.sparedFrom ?? NOT_SPARED,
    foreseenRisk: told.foreseenRisk ?? 0,
  });
  const oneWayUs = (told.oneWayMs ?? 20) * 1000;
  path.state = told.state ?? 'carrying';
  path.lossShare = told.loss ?? 0;
  path.rtt.sample(2 * oneWayUs, 0);
  path.rtt.varianceUs = (told.varianceMs ?? 1) * 1000;
  const readyUs = told.readyUs ?? 0;
  const windowBytes = told.windowBytes ?? Number.POSITIVE_INFINITY;
  const nextSendUs = (inFlightBytes: number): number =>
    inFlightBytes >= windowBytes ? Number.POSITIVE_INFINITY : readyUs;
  const congestion = {
    bytesPerSecond: ((told.mbitPerSecond ?? 20) * 1e6) / 8,
    isLimited: () => told.limited ?? false,
    hasFallen: () => told.fallen ?? false,
    nextSendUs: (_nowUs: number, inFlightBytes: number) => nextSendUs(inFlightBytes),
  };
  Object.defineProperties(path, {
    oneWayUs: { value: oneWayUs },
    waitUs: { value: 0 },
    nextSendUs: { value: () => nextSendUs(told.inFlightBytes ?? 0) },
    inFlightBytes: { value: told.inFlightBytes ?? 0 },
    congestion: { value: congestion },
  });
  return path;
}

// What one look at the data plane says of service and carriers, and since when. Pure.
//
// A carrier is up when it answers the gateway that has the traffic (any gateway, while none has).
// It is absent when there is no such device or it is switched off, else down. The service is up
// when some gateway has the traffic and some carrier is up.
import type { DataplaneStatus, LinkData, LinkState, LinkStatus, PeerStatus } from '@rmh/contract';
import { CARRIERS_MAX, type CarrierState } from '@rmh/contract/api';

export interface CarrierFact {
  readonly link: string;
  readonly state: CarrierState;
  readonly sinceMs: number;
  readonly rttMs: number | null;
  readonly lossShare: number | null;
  /** Since the data plane began, over all gateways. */
  readonly bytesSent: number;
  readonly bytesDuplicated: number;
  /** Of a link with a data budget. */
  readonly data?: LinkData;
}

export interface Facts {
  /** Unix ms. */
  readonly atMs: number;
  readonly up: boolean;
  readonly sinceMs: number;
  readonly gateway: string | null;
  readonly carriers: readonly CarrierFact[];
}

/** Remembers only since when each state lasts. */
export class FactsWatch {
  readonly #since = new Map<string | null, { state: CarrierState; atMs: number }>();

  look(status: DataplaneStatus, links: readonly LinkStatus[], atMs: number): Facts {
    const { peers } = status;
    const active = peers.find((peer) => peer.active) ?? null;
    const carriers = links
      .slice(0, CARRIERS_MAX)
      .map((link) => this.#carrier(link, peers, active, atMs));
    const up = active !== null && carriers.some(({ state }) => state === 'up');
    const sinceMs = this.#sinceMs(null, up ? 'up' : 'down', atMs);
    return { atMs, up, sinceMs, gateway: active?.name ?? null, carriers };
  }

  #carrier(
    { name, state: device, data }: LinkStatus,
    peers: readonly PeerStatus[],
    active: PeerStatus | null,
    atMs: number,
  ): CarrierFact {
    const all = pathsOf(peers, name);
    const towards = active === null ? all : pathsOf([active], name);
    const carrying = towards.find(({ state }) => state === 'carrying');
    const state = device === 'used' && carrying !== undefined ? 'up' : missing(device);
    return {
      link: name,
      state,
      sinceMs: this.#sinceMs(name, state, atMs),
      rttMs: carrying?.rttMs ?? null,
      lossShare: carrying === undefined ? null : Math.min(1, carrying.lossPct / 100),
      bytesSent: all.reduce((sum, path) => sum + path.bytesSent, 0),
      bytesDuplicated: all.reduce((sum, path) => sum + path.bytesDuplicated, 0),
      ...(data === undefined ? {} : { data }),
    };
  }

  #sinceMs(of: string | null, state: CarrierState, atMs: number): number {
    const known = this.#since.get(of);
    // A clock that was set back would make it begin in the future.
    if (known?.state === state && known.atMs <= atMs) return known.atMs;
    this.#since.set(of, { state, atMs });
    return atMs;
  }
}

function missing(device: LinkState): CarrierState {
  return device === 'absent' || device === 'down' ? 'absent' : 'down';
}

function pathsOf(peers: readonly PeerStatus[], link: string) {
  return peers.flatMap(({ paths }) => paths.filter((path) => path.link === link));
}

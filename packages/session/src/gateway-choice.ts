import type { Environment } from './environment.ts';
import type { Peer } from './peer.ts';
import { moveQueues } from './pump.ts';

/**
 * Which gateway carries a unit's traffic. Make before break: the new one is told before the old
 * one is left, and both are listened to all the time, so no inner address ever changes [GW-1].
 */
export class GatewayChoice {
  peers: readonly (Peer | null)[] = [];
  switches = 0;
  readonly #env: Environment;
  readonly #role: 'unit' | 'gateway';
  #epoch = 0;
  /** Since when the active gateway has had no path that carries, or null. */
  #lostSinceUs: number | null = null;
  /** The gateway that is left once the new one has confirmed, or null. */
  #leaving: Peer | null = null;

  constructor(env: Environment, role: 'unit' | 'gateway') {
    this.#env = env;
    this.#role = role;
  }

  get active(): Peer | null {
    for (const peer of this.peers) if (peer?.active) return peer;
    return null;
  }

  /** Unit: looks whether the active gateway is still the right one. */
  check(nowUs: number): void {
    if (this.#role !== 'unit') return;
    const active = this.active;
    if (active === null) {
      const first = this.#best(null);
      if (first !== null) this.#move(null, first, 'first', nowUs);
      return;
    }
    if (active.carries || (active.speech !== 'multipath' && active.keys.current !== null)) {
      this.#lostSinceUs = null;
      return;
    }
    if (this.#lostSinceUs === null) {
      this.#lostSinceUs = nowUs;
      this.#askOthers(active, nowUs);
    }
    const next = this.#best(active);
    // Only one that was heard since then: when every carrier is gone, both look alike. And not at
    // once: one late answer on the last carrier is no dead gateway.
    const waitUntilUs = this.#lostSinceUs + SILENCE_US;
    if (nowUs < waitUntilUs) active.wakeAt(waitUntilUs);
    else if (next !== null && next.heardUs > this.#lostSinceUs) {
      this.#move(active, next, 'silent', nowUs);
    }
  }

  /** Unit: the new gateway has our traffic; only now is the old one left [GW-1]. */
  confirmed(peer: Peer, nowUs: number): void {
    if (this.#leaving === null || !peer.active) return;
    this.#announce(this.#leaving, false, nowUs);
    this.#leaving = null;
  }

  /** Unit: this gateway began anew and has forgotten whether our traffic is there [GW-1]. */
  greet(peer: Peer, nowUs: number): void {
    if (this.#role === 'unit' && this.active !== null) this.#announce(peer, peer.active, nowUs);
  }

  /** Unit: this gateway asks us to leave. */
  drained(peer: Peer, nowUs: number): void {
    peer.draining = true;
    if (!peer.active) return;
    const next = this.#best(peer);
    if (next !== null) this.#move(peer, next, 'drain', nowUs);
  }

  /** Unit: an operator wants that gateway. False: it does not carry now. */
  prefer(name: string, nowUs: number): boolean {
    const wanted = this.peers.find((peer) => peer?.settings.name === name) ?? null;
    if (wanted === null || !wanted.carries) return false;
    wanted.draining = false;
    const active = this.active;
    if (active !== wanted) this.#move(active, wanted, 'preferred', nowUs);
    return true;
  }

  /** Gateway: the unit's traffic is here, or has left. */
  setActive(peer: Peer, active: boolean): void {
    if (peer.active === active) return;
    peer.active = active;
    this.#env.note({ kind: 'peer.active', peer: peer.settings.name, active });
  }

  /** A stock peer knows one gateway only: where it talks, it is. */
  stockActive(peer: Peer): void {
    this.setActive(peer, true);
  }

  #best(besides: Peer | null): Peer | null {
    let best: Peer | null = null;
    for (const peer of this.peers) {
      if (peer === null || peer === besides || !ready(peer)) continue;
      if (best === null || (best.draining && !peer.draining)) best = peer;
    }
    return best;
  }

  #askOthers(active: Peer, nowUs: number): void {
    for (const peer of this.peers) {
      if (peer === null || peer === active) continue;
      for (const lane of peer.lanes) lane.pingAtUs = nowUs;
      peer.wakeAt(nowUs);
    }
  }

  #move(from: Peer | null, to: Peer, why: string, nowUs: number): void {
    this.#lostSinceUs = null;
    this.#epoch++;
    this.#announce(to, true, nowUs);
    if (from === null) this.#withdrawElsewhere(to, nowUs);
    else {
      this.switches++;
      from.active = false;
      if (this.#leaving !== null && this.#leaving !== to) {
        this.#announce(this.#leaving, false, nowUs);
      }
      this.#leaving = from;
      if (to.speech === 'multipath') moveQueues(this.#env, from, to, nowUs);
      else this.confirmed(to, nowUs);
    }
    const names = { from: from?.settings.name ?? '', to: to.settings.name };
    this.#env.note({ kind: 'gateway.switched', ...names, why });
  }

  /** A gateway may remember that our traffic was there before we began anew. */
  #withdrawElsewhere(to: Peer, nowUs: number): void {
    for (const peer of this.peers) {
      if (peer !== null && peer !== to) this.#announce(peer, false, nowUs);
    }
  }

  #announce(peer: Peer, active: boolean, nowUs: number): void {
    peer.active = active;
    if (peer.speech !== 'multipath') return;
    peer.activation = { epoch: this.#epoch, active, againAtUs: nowUs, triesLeft: 50 };
    peer.wakeAt(nowUs);
  }
}

const SILENCE_US = 300_000;

function ready(peer: Peer): boolean {
  if (peer.keys.current === null) return false;
  return peer.speech === 'multipath' ? peer.carries : peer.speech === 'stock';
}

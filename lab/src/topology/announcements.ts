// Which gateway Helsenettet sends a unit's packets to. Pure: announcements in, route changes out.
// As with routers that all announce the same prefix at the same cost, the newest one is believed:
// a unit that moves announces at the new gateway before it withdraws at the old one.
export interface RouteChange {
  readonly prefix: string;
  /** null: nobody announces it any more. */
  readonly via: string | null;
}

export class Announcements {
  /** Of each prefix, who announces it, newest last. */
  readonly #viaByPrefix = new Map<string, string[]>();

  announce(via: string, prefix: string): RouteChange | null {
    const announcers = this.#viaByPrefix.get(prefix) ?? [];
    if (announcers.includes(via)) return null;
    this.#viaByPrefix.set(prefix, [...announcers, via]);
    return { prefix, via };
  }

  withdraw(via: string, prefix: string): RouteChange | null {
    const announcers = this.#viaByPrefix.get(prefix) ?? [];
    if (!announcers.includes(via)) return null;
    const left = announcers.filter((other) => other !== via);
    if (left.length === 0) this.#viaByPrefix.delete(prefix);
    else this.#viaByPrefix.set(prefix, left);
    // An older announcer changes nothing by leaving.
    return announcers.at(-1) === via ? { prefix, via: left.at(-1) ?? null } : null;
  }

  /** The tunnel device of a gateway is gone, and every route on it. */
  withdrawAll(via: string): RouteChange[] {
    const changes: RouteChange[] = [];
    for (const prefix of [...this.#viaByPrefix.keys()]) {
      const change = this.withdraw(via, prefix);
      if (change !== null) changes.push(change);
    }
    return changes;
  }

  /** The gateway that is believed, by its address. */
  viaOf(prefix: string): string | null {
    return this.#viaByPrefix.get(prefix)?.at(-1) ?? null;
  }
}

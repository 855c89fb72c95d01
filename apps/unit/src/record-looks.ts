// Five looks a second at the data plane, made into seconds: a slice of the history, and a row of
// the drive for each carrier. Pure: the time comes in with the look.
import {
  type CarrierSlice,
  type ClassSlice,
  type ClassStatus,
  type DataplaneStatus,
  type HistorySlice,
  type LinkStatus,
  type PeerStatus,
  TRAFFIC_CLASSES,
} from '@rmh/contract';
import { type CarrierSecond, CarrierWatch, type GatewayPath } from './record-carrier.ts';
import type { Probe } from './record-silence.ts';

export interface Row extends CarrierSecond {
  readonly carrier: string;
}

export interface Ended {
  /** A second that is over, or null: it goes on. */
  readonly second: { readonly slice: HistorySlice; readonly rows: Row[] } | null;
  readonly probes: (Probe & { readonly carrier: string })[];
}

export class Looks {
  readonly #carriers = new Map<string, CarrierWatch>();
  readonly #classes = TRAFFIC_CLASSES.map((name) => new ClassWatch(name));
  #secondMs: number | null = null;
  #active: string | null = null;

  look(status: DataplaneStatus, links: readonly LinkStatus[], atMs: number): Ended {
    const startMs = Math.floor(atMs / 1000) * 1000;
    const isOver = this.#secondMs !== null && startMs !== this.#secondMs;
    const second = isOver ? this.#close(this.#secondMs ?? startMs, atMs) : null;
    this.#secondMs = startMs;
    this.#active = status.peers.find(({ active }) => active)?.name ?? null;
    for (const one of this.#classes) one.look(status.peers, atMs);
    const probes = links.flatMap((link) => {
      const paths = pathsOf(status.peers, link.name);
      if (!isMeasured(link, paths)) return [];
      const watch = this.#watchOf(link.name);
      const known = watch.look(paths, link.state === 'used', atMs);
      return known.map((probe) => ({ ...probe, carrier: link.name }));
    });
    return { second, probes };
  }

  /** The probes that a silence still holds back: the end. */
  flush(): Ended['probes'] {
    return [...this.#carriers].flatMap(([carrier, watch]) => {
      return watch.flush().map((probe) => ({ ...probe, carrier }));
    });
  }

  #close(secondMs: number, atMs: number): NonNullable<Ended['second']> {
    const rows = [...this.#carriers].flatMap(([carrier, watch]): Row[] => {
      const second = watch.close(atMs);
      return second === null ? [] : [{ carrier, ...second }];
    });
    const slice: HistorySlice = {
      atMs: secondMs,
      spanMs: 1000,
      active: this.#active,
      classes: this.#classes.map((one) => one.close(atMs)),
      carriers: rows.map(sliceOf),
    };
    return { slice, rows };
  }

  #watchOf(name: string): CarrierWatch {
    const known = this.#carriers.get(name) ?? new CarrierWatch();
    this.#carriers.set(name, known);
    return known;
  }
}

function sliceOf({ carrier, ...row }: Row): CarrierSlice {
  const { state, rttMs, sent, lost, bytesSent, bytesReceived } = row;
  return { link: carrier, state, rttMs, sent, lost, bytesSent, bytesReceived };
}

function pathsOf(peers: readonly PeerStatus[], link: string): GatewayPath[] {
  return peers.flatMap(({ name, active, paths }) => {
    return paths
      .filter((path) => path.link === link)
      .map((path) => ({ gateway: name, active, path }));
  });
}

/**
 * A modem without network was measured: there was none. One that is missing or switched off was
 * not, nor one that has not answered yet.
 */
function isMeasured({ state }: LinkStatus, paths: readonly GatewayPath[]): boolean {
  if (state === 'used') return paths.some(({ path }) => path.state !== 'untried');
  return state === 'no-carrier' || state === 'no-address';
}

type Counts = Pick<ClassStatus, 'sent' | 'received' | 'repaired' | 'late' | 'unsent' | 'lost'>;

/** One traffic class, over all gateways. */
class ClassWatch {
  readonly #name: string;
  readonly #before = new Map<string, Counts>();
  #sum = { sent: 0, received: 0, repaired: 0, late: 0, unsent: 0, lost: 0 };
  #knowsLost = false;
  #heardMs: number | null = null;
  #quietMs = 0;
  #lookedMs: number | null = null;

  constructor(name: string) {
    this.#name = name;
  }

  look(peers: readonly PeerStatus[], atMs: number): void {
    const receivedBefore = this.#sum.received;
    for (const { name, classes } of peers) {
      const now = classes.find((one) => one.name === this.#name);
      if (now !== undefined) this.#add(this.#before.get(name), now);
      if (now !== undefined) this.#before.set(name, now);
    }
    const stepMs = atMs - (this.#lookedMs ?? atMs);
    this.#lookedMs = atMs;
    if (this.#heardMs !== null) this.#note(atMs - this.#heardMs - stepMs);
    if (this.#sum.received > receivedBefore) this.#heardMs = atMs;
  }

  close(atMs: number): ClassSlice {
    const { lost, ...sum } = this.#sum;
    const quietMs = this.#quietMs;
    this.#sum = { sent: 0, received: 0, repaired: 0, late: 0, unsent: 0, lost: 0 };
    this.#quietMs = 0;
    if (this.#heardMs !== null && this.#heardMs > atMs) this.#heardMs = null; // the clock was set
    return { ...sum, lost: this.#knowsLost ? lost : null, quietMs };
  }

  /** The look before the last packet may have been just after it: one step is no quiet. */
  #note(quietMs: number): void {
    this.#quietMs = Math.max(this.#quietMs, Math.round(quietMs));
  }

  #add(before: Counts | undefined, now: Counts): void {
    if (now.lost !== undefined) this.#knowsLost = true;
    if (before === undefined) return;
    const sum = this.#sum;
    sum.sent += Math.max(0, now.sent - before.sent);
    sum.received += Math.max(0, now.received - before.received);
    sum.repaired += Math.max(0, now.repaired - before.repaired);
    sum.late += Math.max(0, now.late - before.late);
    sum.unsent += Math.max(0, (now.unsent ?? 0) - (before.unsent ?? 0));
    sum.lost += Math.max(0, (now.lost ?? 0) - (before.lost ?? 0));
  }
}

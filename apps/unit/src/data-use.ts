// Bytes of each link since the month began, against the budget of its subscription.
//
//   each look → what every path sent and received since the last → a sum a link and month
//             → STATE/data-use.json, each minute: a power cut forgets so much
//   each look at the links → links over their budget are spared ([PA-7] of docs/protocol.md),
//     until the month is another, or the budget; by bulk alone on a mission that may go over it
//
// Counted are UDP payload and headers of IPv4. An operator may count a little more (IPv6, its own
// rounding, what was lost on the way to us): a budget leaves some room for that.
import { join } from 'node:path';
import {
  type DataplaneCommand,
  type DataplaneStatus,
  type LinkData,
  lineOf,
  type SparedFrom,
} from '@rmh/contract';
import type { Log } from '@rmh/contract/daemon';
import { readKept, writeKept } from '@rmh/contract/machine';
import { z } from 'zod';
import { CountsSince } from './record-counts.ts';

/** Link → bytes that it may use in a month. A link without an entry has no budget. */
export type Budgets = ReadonlyMap<string, number>;

const WRITE_MS = 60_000;
/** IPv4 20, UDP 8; around a frame, whose bytes a receiver counts, header 16 and tag 16 as well. */
const DATAGRAM_OVERHEAD_BYTES = 28;
const FRAME_OVERHEAD_BYTES = 60;
/** Those of this month and of a clock that was wrong for a while. */
const MONTHS_MAX = 3;

const BYTES = z.int().min(0);
const KEPT = z.object({ months: z.record(z.string(), z.record(z.string(), BYTES)) });
/** "2026-11": a subscription's month begins at midnight in Norway. */
const MONTH = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Oslo',
  year: 'numeric',
  month: '2-digit',
});

export class DataUse {
  readonly #path: string;
  readonly #log: Log;
  readonly #counts = new CountsSince();
  /** Month → link → bytes; the month that was counted last stands last. */
  readonly #months: Map<string, Map<string, number>>;
  #month = '';
  #writtenMs = Number.NEGATIVE_INFINITY;
  #isWritten = true;
  #writeFailed = false;
  /** Links over their budget, as the log knows them; and as the data plane does. */
  #spent = new Set<string>();
  #spared: ReadonlyMap<string, SparedFrom> = new Map();

  constructor(stateDirectory: string, log: Log, nowMs: number) {
    this.#path = join(stateDirectory, 'data-use.json');
    this.#log = log;
    const kept = Object.entries(readKept(this.#path, KEPT)?.months ?? {});
    this.#months = new Map(kept.map(([month, links]) => [month, new Map(Object.entries(links))]));
    this.#turnTo(MONTH.format(nowMs));
  }

  look(status: DataplaneStatus, nowMs: number): void {
    this.#turnTo(MONTH.format(nowMs));
    for (const { name, paths } of status.peers) {
      for (const path of paths) {
        const since = this.#counts.take(`${name} ${path.id}`, path, nowMs);
        const sent = since.bytesSent + since.sent * DATAGRAM_OVERHEAD_BYTES;
        const received = since.bytesReceived + since.received * FRAME_OVERHEAD_BYTES;
        // A path whose link was just removed has no name any more.
        if (path.link !== '') this.#add(path.link, sent + received);
      }
    }
    const sinceMs = nowMs - this.#writtenMs;
    // The clock may have been set back.
    if (!this.#isWritten && (sinceMs >= WRITE_MS || sinceMs < 0)) this.#write(nowMs);
  }

  /** Null: the link has no budget. */
  of(link: string, budgets: Budgets): LinkData | null {
    const monthlyBytes = budgets.get(link);
    if (monthlyBytes === undefined) return null;
    const monthBytes = this.#months.get(this.#month)?.get(link) ?? 0;
    return { monthBytes, monthlyBytes, spent: monthBytes >= monthlyBytes };
  }

  /**
   * What the data plane must be told of the links that it holds.
   *
   * @param from who spares a link over its budget
   * @param before orders that reach it first: a link that is set anew is not spared
   */
  orders(
    used: Iterable<string>,
    before: readonly DataplaneCommand[],
    budgets: Budgets,
    from: SparedFrom = 'interactive',
  ): DataplaneCommand[] {
    this.#say(budgets);
    const anew = new Set(before.flatMap((one) => (one.kind === 'link.set' ? [one.name] : [])));
    const spared = new Map<string, SparedFrom>();
    const orders: DataplaneCommand[] = [];
    for (const name of used) {
      const wanted = this.#spent.has(name) ? from : null;
      if (wanted !== null) spared.set(name, wanted);
      const known = anew.has(name) ? null : (this.#spared.get(name) ?? null);
      if (wanted !== known) orders.push({ kind: 'link.spare', name, from: wanted });
    }
    this.#spared = spared;
    return orders;
  }

  close(nowMs: number): void {
    if (!this.#isWritten) this.#write(nowMs);
  }

  #say(budgets: Budgets): void {
    const spent = new Set<string>();
    for (const [link, monthlyBytes] of budgets) {
      const data = this.of(link, budgets);
      if (data?.spent !== true) continue;
      spent.add(link);
      const usedMb = Math.round(data.monthBytes / 1e6);
      const fields = { link, usedMb, monthlyMb: Math.round(monthlyBytes / 1e6) };
      if (!this.#spent.has(link)) this.#log.write('data.spent', fields);
    }
    for (const link of this.#spent) if (!spent.has(link)) this.#log.write('data.within', { link });
    this.#spent = spent;
  }

  #turnTo(month: string): void {
    if (month === this.#month) return;
    this.#month = month;
    const links = this.#months.get(month) ?? new Map<string, number>();
    this.#months.delete(month);
    this.#months.set(month, links);
    for (const oldest of this.#months.keys()) {
      if (this.#months.size <= MONTHS_MAX) break;
      this.#months.delete(oldest);
    }
  }

  #add(link: string, bytes: number): void {
    const links = this.#months.get(this.#month);
    if (links === undefined || bytes === 0) return;
    links.set(link, (links.get(link) ?? 0) + bytes);
    this.#isWritten = false;
  }

  #write(nowMs: number): void {
    // A disk that refuses is tried again in a minute, and said once.
    this.#writtenMs = nowMs;
    try {
      const months = [...this.#months].map(([month, links]) => [month, Object.fromEntries(links)]);
      writeKept(this.#path, { months: Object.fromEntries(months) });
      this.#isWritten = true;
      this.#writeFailed = false;
    } catch (error) {
      if (!this.#writeFailed) this.#log.write('data.unwritable', { message: lineOf(error) });
      this.#writeFailed = true;
    }
  }
}

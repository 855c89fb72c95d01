// What each page of the console asks, asked again and again, and the month's report.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '@rmh/contract/api';
import { askings, FIGURES_MS, FOUND_IN, type Shown } from './platform-asked.ts';
import type { PlatformClient } from './platform-client.ts';

export interface PageMeasured {
  readonly name: string;
  readonly wantedMs: number;
  readonly ms: readonly number[];
}

/** Each page `times` times, one after another: what one person waits for. */
export async function measurePages(client: PlatformClient, times: number): Promise<PageMeasured[]> {
  const report = await makeReports(client, times);
  const measured: PageMeasured[] = [report.measured];
  const shown = { ...(await firstOfEach(client)), reportId: report.id } as Shown;
  for (const { name, path, wantedMs } of askings(shown)) {
    const ms: number[] = [];
    while (ms.length < times) {
      const began = performance.now();
      const { status, text } = await client.get(path);
      const tookMs = performance.now() - began;
      if (status === 200) ms.push(tookMs);
      // A person asks 600 times a minute at most; what was refused was not measured.
      else if (status === 429) await sleep(REFUSED_MS);
      else throw new Error(`${path}: ${status} ${text.slice(0, 300)}`);
    }
    measured.push({ name, wantedMs, ms });
  }
  return measured;
}

const REFUSED_MS = 5_000;

async function firstOfEach(client: PlatformClient): Promise<Record<string, number>> {
  const ids: Record<string, number> = {};
  for (const [name, path] of Object.entries(FOUND_IN)) {
    const { text } = await client.get(path);
    const { items } = JSON.parse(text) as { items: readonly { id: number }[] };
    const [first] = items;
    if (first === undefined) throw new Error(`${path} has none`);
    ids[name] = first.id;
  }
  return ids;
}

/** The nation's report of a month back, and of the months before it. */
async function makeReports(client: PlatformClient, times: number) {
  const nation = (
    JSON.parse((await client.get('/organisations')).text) as {
      items: { id: number; kind: string }[];
    }
  ).items.find(({ kind }) => kind === 'national');
  const ms: number[] = [];
  let id = 0;
  // Months that are over, from the newest on.
  for (let back = 1; back <= Math.min(times, 9); back++) {
    const now = new Date();
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1));
    const body = {
      organisationId: nation?.id,
      month: month.toISOString().slice(0, 10),
      simulated: true,
    };
    const began = performance.now();
    const { status, text } = await client.post('/reports', body);
    ms.push(performance.now() - began);
    if (status !== 201 && status !== 200) throw new Error(`reports: ${status} ${text}`);
    if (back === 1) ({ id } = JSON.parse(text) as Report);
  }
  return { id, measured: { name: 'a report is made', wantedMs: FIGURES_MS, ms } };
}

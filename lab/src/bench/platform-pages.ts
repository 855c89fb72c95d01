// What each page of the console asks first, asked again and again, and the month's report.
import { PAGE_MOST, type Report } from '@rmh/contract/api';
import type { PlatformClient } from './platform-client.ts';

const DAY_MS = 86_400_000;
// Issue 4: lists at most 200 ms (p95), national statistics at most a second.
export const LIST_MS = 200;
export const FIGURES_MS = 1_000;

export interface PageMeasured {
  readonly name: string;
  readonly wantedMs: number;
  readonly ms: readonly number[];
}

export interface Asking {
  readonly name: string;
  readonly path: string;
  readonly wantedMs: number;
}

function askings(vehicleId: number, reportId: number): Asking[] {
  const list = (name: string, path: string): Asking => ({ name, path, wantedMs: LIST_MS });
  const figures = (name: string, path: string): Asking => ({ name, path, wantedMs: FIGURES_MS });
  const since = (days: number) => {
    const [from, to] = [Date.now() - days * DAY_MS, Date.now()].map((ms) => new Date(ms));
    return `from=${from?.toISOString()}&to=${to?.toISOString()}`;
  };
  const made = 'simulated=true';
  return [
    list('overview', '/overview'),
    list('vehicles', '/vehicles?limit=100'),
    list('a vehicle: outages', `/vehicles/${vehicleId}/outages?limit=100`),
    list('a vehicle: 90 days', `/vehicles/${vehicleId}/series?${since(90)}`),
    list('alarms', '/alarms?limit=100'),
    list('alarms: cleared', '/alarms?open=false&limit=100'),
    list('compliance', `/compliance?${made}`),
    list('compliance: items', `/compliance/items?${made}&limit=100`),
    figures('compliance: trend of a year', `/compliance/trend?days=365&${made}`),
    list('orders', '/orders?limit=100'),
    list('installations', '/installations?limit=100'),
    list('programme', `/programme?${made}`),
    list('units', `/units?limit=${PAGE_MOST}`),
    list('reports', `/reports?${made}`),
    list('a report', `/reports/${reportId}`),
    list('a report in words', `/reports/${reportId}/document`),
    figures('a report on paper', `/reports/${reportId}/pdf`),
    figures('the nation: 30 days', `/statistics?${since(30)}&${made}`),
    figures('the nation: a year', `/statistics?${since(365)}&${made}`),
    figures('by trust: a year', `/statistics?${since(365)}&${made}&groupBy=hf`),
    figures('trend: a year', `/statistics/trend?${since(365)}&${made}`),
    figures('missions: 30 days', `/statistics/missions?${since(30)}&${made}`),
    figures('missions: a year', `/statistics/missions?${since(365)}&${made}`),
    figures('coverage', `/coverage?${since(28)}&${made}&limit=${PAGE_MOST}`),
  ];
}

/** Each page `times` times, one after another: what one person waits for. */
export async function measurePages(
  client: PlatformClient,
  vehicleId: number,
  times: number,
): Promise<PageMeasured[]> {
  const report = await makeReports(client, times);
  const measured: PageMeasured[] = [report.measured];
  for (const { name, path, wantedMs } of askings(vehicleId, report.id)) {
    const ms: number[] = [];
    for (let i = 0; i < times; i++) {
      const began = performance.now();
      const { status, text } = await client.get(path);
      ms.push(performance.now() - began);
      if (status !== 200) throw new Error(`${path}: ${status} ${text.slice(0, 300)}`);
    }
    measured.push({ name, wantedMs, ms });
  }
  return measured;
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

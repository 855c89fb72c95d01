// The simulated fleet as a process of its own, so that it takes nothing from the view:
// `node main.ts ORDER` with the order as JSON. Progress goes out as JSON lines.
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { openLog } from '@rmh/contract/daemon';
import { pinnedFetch } from '@rmh/contract/machine';
import { signIn } from '../country/sign-in.ts';
import { Fleet } from './fleet.ts';
import { seedCountry, seedFleet } from './seed.ts';

export interface FleetOrder {
  /** Signs in the national operator, once. */
  readonly link: string;
  readonly machineUrl: string;
  readonly fingerprint: string;
  readonly vehicles: number;
  readonly historyHours: number;
  readonly seed: number;
}

export type FleetWord =
  | { readonly kind: 'made'; readonly vehicles: number }
  | { readonly kind: 'driving' }
  | { readonly kind: 'history'; readonly vehicles: number };

// The vehicles of the lab are real programs with real deadlines; these are not.
setPriority(10);
process.on('disconnect', () => process.exit(0));

const order = JSON.parse(readFileSync(0, 'utf8')) as FleetOrder;
const client = await signIn(order.link);
const stations = await seedCountry(client);
const members = await seedFleet(client, stations, order.vehicles, (vehicles) => {
  say({ kind: 'made', vehicles });
});
const { seed, historyHours, machineUrl: url, fingerprint } = order;
const ports = {
  url,
  transport: pinnedFetch(fingerprint),
  log: openLog('rmh-fleet', 'error'),
  nowMs: Date.now,
};
const fleet = new Fleet(members, { seed, historyHours, outages: [] }, ports);
fleet.start();
say({ kind: 'driving' });
await fleet.tellHistory((vehicles) => say({ kind: 'history', vehicles }));

function say(word: FleetWord): void {
  process.send?.(word);
}

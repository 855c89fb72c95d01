// What each page of the console asks, with how long a person may wait for it.
import { PAGE_MOST } from '@rmh/contract/api';

const DAY_MS = 86_400_000;
// Issue 4: lists at most 200 ms (p95), national statistics at most a second.
export const LIST_MS = 200;
export const FIGURES_MS = 1_000;

export interface Asking {
  readonly name: string;
  readonly path: string;
  readonly wantedMs: number;
}

/** Rows of which a page shows one. */
export interface Shown {
  readonly vehicleId: number;
  readonly unitId: number;
  readonly organisationId: number;
  readonly alarmId: number;
  readonly caseId: number;
  readonly orderId: number;
  readonly installationId: number;
  readonly noteId: number;
  readonly requirementId: number;
  readonly layerId: number;
  readonly reportId: number;
}

/** Where each of them is found: the first of a list. */
export const FOUND_IN: Readonly<Record<Exclude<keyof Shown, 'reportId'>, string>> = {
  vehicleId: '/vehicles?limit=1',
  unitId: '/units?limit=1',
  organisationId: '/organisations?limit=1',
  alarmId: '/alarms?open=false&limit=1',
  caseId: '/carrier-cases?state=closed&limit=1',
  orderId: '/orders?limit=1',
  installationId: '/installations?limit=1',
  noteId: '/experience?limit=1',
  requirementId: '/requirements?limit=1',
  layerId: '/configuration/layers?limit=1',
};

const list = (name: string, path: string): Asking => ({ name, path, wantedMs: LIST_MS });
const figures = (name: string, path: string): Asking => ({ name, path, wantedMs: FIGURES_MS });
const made = 'simulated=true';

function since(days: number): string {
  const [from, to] = [Date.now() - days * DAY_MS, Date.now()].map((ms) => new Date(ms));
  return `from=${from?.toISOString()}&to=${to?.toISOString()}`;
}

export function askings(of: Shown): Asking[] {
  return [
    ...fleet(of),
    ...alarms(of),
    ...statistics(),
    ...carriers(of),
    ...requirements(of),
    ...orders(of),
    ...experience(of),
    ...reports(of),
    ...administration(of),
  ];
}

const fleet = ({ vehicleId, unitId }: Shown) => [
  list('overview', '/overview'),
  list('map: vehicles', `/vehicles?limit=${PAGE_MOST}`),
  list('vehicles', '/vehicles?limit=100'),
  list('vehicles: searched', '/vehicles?search=S-06&limit=100'),
  list('a vehicle', `/vehicles/${vehicleId}`),
  list('a vehicle: an hour', `/vehicles/${vehicleId}/series?${since(1 / 24)}`),
  list('a vehicle: a week', `/vehicles/${vehicleId}/series?${since(7)}`),
  list('a vehicle: a year', `/vehicles/${vehicleId}/series?${since(365)}`),
  list('a vehicle: outages', `/vehicles/${vehicleId}/outages?limit=50`),
  list('a vehicle: requirements', `/compliance/items?vehicleId=${vehicleId}&${made}`),
  list('a vehicle: notes', `/experience?vehicleId=${vehicleId}&limit=5`),
  list('a vehicle: cards', `/subscriptions?vehicleId=${vehicleId}`),
  list('a vehicle: configuration', `/configuration/effective/${unitId}`),
  list('a unit', `/units/${unitId}`),
];

const alarms = ({ alarmId, vehicleId, organisationId }: Shown) => [
  list('alarms', '/alarms?open=true&limit=100'),
  list('alarms: cleared', '/alarms?open=false&limit=100'),
  list('alarms: areas', '/alarms?open=false&kind=carrier-area&limit=100'),
  list('alarms: of a vehicle', `/alarms?vehicleId=${vehicleId}&limit=100`),
  list('an alarm', `/alarms/${alarmId}`),
  list('an alarm: comments', `/alarms/${alarmId}/comments`),
  list('an alarm: its case', `/carrier-cases?alarmId=${alarmId}&limit=1`),
  list('alarm rules', `/organisations/${organisationId}/alarm-rules`),
  list('recipients', '/webhooks'),
];

const coverage = (resolution: number) =>
  `/coverage?${since(30)}&${made}&resolution=${resolution}&limit=${PAGE_MOST}`;
const statistics = () => [
  figures('coverage: large cells', coverage(5)),
  figures('coverage: cells', coverage(6)),
  figures('coverage: small cells', coverage(8)),
  figures('the nation: 30 days', `/statistics?${since(30)}&${made}`),
  figures('the nation: a year', `/statistics?${since(365)}&${made}`),
  figures('by trust: a year', `/statistics?${since(365)}&${made}&groupBy=hf`),
  figures('by vehicle: 90 days', `/statistics?${since(90)}&${made}&groupBy=vehicle`),
  figures('trend: a year', `/statistics/trend?${since(365)}&${made}`),
  figures('missions: 30 days', `/statistics/missions?${since(30)}&${made}`),
  figures('missions: a year', `/statistics/missions?${since(365)}&${made}`),
];

const carriers = ({ caseId }: Shown) => [
  list('cases', `/carrier-cases?${made}&limit=100`),
  list('cases: open', `/carrier-cases?open=true&${made}`),
  list('a case', `/carrier-cases/${caseId}`),
  list('a case: messages', `/carrier-cases/${caseId}/messages`),
  list('a case: changes', `/carrier-cases/${caseId}/changes`),
  list('a case: evidence', `/carrier-cases/${caseId}/evidence/1`),
  figures('scorecard: a year', `/carriers/scorecard?months=12&${made}`),
  figures('shared fate: 30 days', `/carriers/shared-fate?days=30&${made}`),
];

const requirements = ({ requirementId }: Shown) => [
  list('compliance', `/compliance?${made}`),
  list('compliance: requirements', `/compliance/requirements?${made}&limit=${PAGE_MOST}`),
  list('compliance: items', `/compliance/items?${made}&limit=100`),
  list('compliance: failing', `/compliance/items?${made}&state=failed&limit=50`),
  list('compliance: history', `/compliance/history?${made}&limit=100`),
  figures('compliance: trend of a year', `/compliance/trend?days=365&${made}`),
  list('requirements', `/requirements?limit=${PAGE_MOST}`),
  list('a requirement', `/requirements/${requirementId}/versions`),
  list('attestations', '/attestations?limit=100'),
];

const orders = ({ orderId, installationId }: Shown) => [
  list('orders', '/orders?limit=100'),
  list('an order', `/orders/${orderId}`),
  list('an order: items', `/orders/${orderId}/items`),
  list('an order: costs', `/orders/${orderId}/costs`),
  list('an order: changes', `/orders/${orderId}/changes`),
  list('catalogue', '/catalogue?revisions=all'),
  list('installations', '/installations?limit=100'),
  list('an installation', `/installations/${installationId}`),
  list('an installation: points', `/installations/${installationId}/points`),
  list('an installation: drives', `/installations/${installationId}/drives`),
  list('programme', `/programme?${made}`),
  list('programme: rows', '/programme-rows?limit=100'),
];

const experience = ({ noteId }: Shown) => [
  list('notes', '/experience?limit=50'),
  list('notes: a common word', '/experience?q=dekning&limit=50'),
  list('notes: two words', '/experience?q=tunnel%20antenne&limit=50'),
  list('notes: a rare word', '/experience?q=kolibri&limit=50'),
  list('notes: half a word', '/experience?q=de&limit=50'),
  list('a note', `/experience/${noteId}`),
  list('a note: comments', `/experience/${noteId}/comments?limit=50`),
  list('a note: revisions', `/experience/${noteId}/revisions`),
  list('a note: promotions', `/experience/${noteId}/promotions`),
];

const reports = ({ reportId }: Shown) => [
  list('reports', `/reports?${made}`),
  list('a report', `/reports/${reportId}`),
  list('a report in words', `/reports/${reportId}/document`),
  figures('a report on paper', `/reports/${reportId}/pdf`),
];

const administration = ({ layerId }: Shown) => [
  list('configuration', `/configuration/layers?limit=${PAGE_MOST}`),
  list('a layer: versions', `/configuration/layers/${layerId}/versions`),
  list('rollouts', '/rollouts'),
  list('organisations', `/organisations?limit=${PAGE_MOST}`),
  list('users', '/users?limit=200'),
  list('units', `/units?limit=${PAGE_MOST}`),
  list('gateways', '/gateways'),
  list('cards', '/subscriptions?limit=100'),
  list('tokens', '/service-tokens'),
  list('network', '/network-settings'),
  list('carriers', '/carriers'),
  list('audit', '/audit?limit=100'),
  list('audit: who looked', '/audit?looks=true&limit=100'),
  list('audit: a person', '/audit?actor=Bruker%20123&limit=100'),
  list('audit: a vehicle', '/audit?vehicle=S-0001&limit=100'),
  list('audit: a day of last year', `/audit?${since(300)}&action=unit&limit=100`),
];

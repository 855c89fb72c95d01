// GET /overview: is anything wrong, where, since when, and whose fault. Five statements over at
// most some thousand rows; the real fleet and the made-up one apart.
import {
  type AlarmKind,
  type FaultOf,
  type FleetOverview,
  type Headline,
  OVERVIEW,
  SERVICE_STATES,
  SEVERITIES,
  type Severity,
  type StateCounts,
} from '@rmh/contract/api';
import { type AlarmRow, toAlarm } from '../alarms/rows.ts';
import type { Sql } from '../db/database.ts';
import { route } from '../http/route.ts';
import type { Asker } from '../identity/asker.ts';
import { instant } from './rows.ts';
import { SILENT_AFTER_MS } from './state.ts';

const HEADLINES_MOST = 10;
// The console asks every 5 s; so do six walls of screens, and nobody counts the fleet in between.
const GRAVEST_FIRST = `array_position(ARRAY['${SEVERITIES.join("','")}'], a.severity)`;

export const overview = route({
  id: 'overview.get',
  method: 'GET',
  path: '/overview',
  summary: 'The start page: states, carriers, gateways and the gravest alarms',
  access: 'vehicle.read',
  reply: OVERVIEW,
  async answer({ asker, sql, nowMs }) {
    const organisations = await readOrganisations(sql);
    const carriers = await readCarriers(sql);
    const alarms = readsAlarms(asker) ? await readAlarmCounts(sql) : [];
    const headlines = readsAlarms(asker) ? await readHeadlines(sql) : [];
    const fleets = [false, true].map((simulated): FleetOverview => {
      const mine = <T extends { simulated: boolean }>(rows: readonly T[]) =>
        rows.filter((row) => row.simulated === simulated);
      return {
        simulated,
        states: sumOf(mine(organisations).map(({ figures }) => figures.states)),
        organisations: mine(organisations).map(({ figures }) => figures),
        carriers: mine(carriers).map(({ figures }) => figures),
        alarms: alarmsOf(mine(alarms)),
        headlines: mine(headlines).map(({ headline }) => headline),
      };
    });
    return {
      body: {
        at: instant(new Date(nowMs)),
        fleets: fleets.filter(
          ({ organisations: some, headlines: any }) => some.length + any.length,
        ),
        gateways: await readGateways(sql, nowMs),
      },
    };
  },
});

function readsAlarms(asker: Asker): boolean {
  // Every role that sees vehicles sees their alarms; a token has what it was given.
  return asker.kind !== 'service' || asker.verbs.includes('alarm.read');
}

async function readOrganisations(sql: Sql) {
  const rows = await sql.query<{
    id: number;
    parent_id: number | null;
    kind: FleetOverview['organisations'][number]['kind'];
    short_name: string;
    simulated: boolean;
    state: keyof StateCounts;
    vehicles: number;
  }>(
    `SELECT o.id, o.parent_id, o.kind, o.short_name, v.simulated,
       coalesce(l.state, 'never') AS state, count(*)::integer AS vehicles
     FROM vehicle v JOIN organisation o ON o.id = v.organisation_id
     LEFT JOIN unit u ON u.vehicle_id = v.id AND u.state = 'enrolled'
     LEFT JOIN unit_latest l ON l.unit_id = u.id
     WHERE v.stage = 'in-operation'
     GROUP BY o.id, o.parent_id, o.kind, o.short_name, v.simulated, coalesce(l.state, 'never')`,
  );
  const groups = Map.groupBy(rows, ({ id, simulated }) => `${id}:${simulated}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const states = noVehicles();
    for (const { state, vehicles } of group) states[state] += vehicles;
    const { id: organisationId, parent_id: parentId, kind, short_name: shortName } = first;
    const figures = { organisationId, parentId, kind, shortName, states };
    return [{ simulated: first.simulated, figures }];
  });
}

function noVehicles(): StateCounts {
  return { up: 0, reduced: 0, down: 0, off: 0, unknown: 0, never: 0 };
}

function sumOf(all: readonly StateCounts[]): StateCounts {
  const total = noVehicles();
  for (const states of all) {
    for (const state of [...SERVICE_STATES, 'never'] as const) total[state] += states[state];
  }
  return total;
}

/** Vehicles that speak now: silent ones and those switched off say nothing about a carrier. */
async function readCarriers(sql: Sql) {
  const rows = await sql.query<FleetOverview['carriers'][number] & { simulated: boolean }>(
    `SELECT v.simulated, x.link, coalesce(c.name, x.link) AS name, c.colour,
       count(*)::integer AS vehicles,
       (count(*) FILTER (WHERE x.state = 'down'))::integer AS down
     FROM vehicle v
     JOIN unit u ON u.vehicle_id = v.id AND u.state = 'enrolled'
     JOIN unit_latest l ON l.unit_id = u.id AND l.state IN ('up', 'reduced', 'down')
     CROSS JOIN LATERAL jsonb_to_recordset(l.body -> 'carriers') AS x (link text, state text)
     LEFT JOIN carrier c ON c.key = x.link
     WHERE v.stage = 'in-operation' AND x.state <> 'absent'
     GROUP BY v.simulated, x.link, c.name, c.colour, c.id ORDER BY c.id NULLS LAST, x.link`,
  );
  return rows.map(({ simulated, ...figures }) => ({ simulated, figures }));
}

interface AlarmCount {
  readonly simulated: boolean;
  readonly severity: Severity;
  readonly alarms: number;
  readonly unacknowledged: number;
}

async function readAlarmCounts(sql: Sql): Promise<readonly AlarmCount[]> {
  return await sql.query<AlarmCount>(
    `SELECT simulated, severity, count(*)::integer AS alarms,
       (count(*) FILTER (WHERE acknowledged_at IS NULL))::integer AS unacknowledged
     FROM alarm WHERE cleared_at IS NULL GROUP BY simulated, severity`,
  );
}

function alarmsOf(counts: readonly AlarmCount[]): FleetOverview['alarms'] {
  const bySeverity = { critical: 0, major: 0, minor: 0, warning: 0 };
  let unacknowledged = 0;
  for (const count of counts) {
    bySeverity[count.severity] += count.alarms;
    unacknowledged += count.unacknowledged;
  }
  return { bySeverity, unacknowledged };
}

const FAULT_OF: Readonly<Record<AlarmKind, FaultOf>> = {
  // Every carrier at once, or silence: the unit, its power, or a place without coverage.
  'vehicle-down': 'unknown',
  'vehicle-silent': 'unknown',
  'carrier-down': 'carrier',
  'carrier-area': 'carrier',
  'gateway-silent': 'gateway',
  'configuration-refused': 'unit',
  'unit-unhealthy': 'unit',
};

async function readHeadlines(sql: Sql) {
  const rows = await sql.query<AlarmRow & { short_name: string | null; gateway: string | null }>(
    `SELECT * FROM (
       SELECT a.*, v.call_sign, o.short_name, g.name AS gateway,
         row_number() OVER (PARTITION BY a.simulated ORDER BY ${GRAVEST_FIRST}, a.since) AS place
       FROM alarm a LEFT JOIN vehicle v ON v.id = a.vehicle_id
       LEFT JOIN organisation o ON o.id = a.organisation_id
       LEFT JOIN gateway g ON g.id = a.gateway_id
       WHERE a.cleared_at IS NULL) AS ranked
     WHERE place <= ${HEADLINES_MOST} ORDER BY place`,
  );
  return rows.map((row) => ({ simulated: row.simulated, headline: headlineOf(row) }));
}

function headlineOf(
  row: AlarmRow & { short_name: string | null; gateway: string | null },
): Headline {
  const alarm = toAlarm(row);
  return {
    alarmId: alarm.id,
    kind: alarm.kind,
    severity: alarm.severity,
    fault: FAULT_OF[alarm.kind],
    organisationId: alarm.organisationId,
    // An area or a gateway may belong to an organisation above what the asker sees.
    where: row.short_name ?? '',
    since: alarm.since,
    carrier: alarm.carrier,
    gateway: row.gateway,
    vehicleId: alarm.vehicleId,
    callSign: alarm.callSign,
    vehicles: alarm.vehicles,
    acknowledged: alarm.acknowledged,
  };
}

async function readGateways(sql: Sql, nowMs: number) {
  const rows = await sql.query<{
    id: number;
    name: string;
    site: string;
    state: 'awaited' | 'enrolled' | 'revoked';
    heard_at: Date | string | null;
  }>("SELECT id, name, site, state, heard_at FROM gateway WHERE state <> 'revoked' ORDER BY id");
  return rows.map(({ id, name, site, state, heard_at }) => {
    const heardAt = heard_at === null ? null : instant(heard_at);
    const isHeard = heardAt !== null && Date.parse(heardAt) > nowMs - SILENT_AFTER_MS;
    return {
      id,
      name,
      site,
      state: state === 'enrolled' ? (isHeard ? 'up' : 'silent') : state,
      heardAt,
    } as const;
  });
}

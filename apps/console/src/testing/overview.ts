import type { Alarm, FleetOverview, Overview, StateCounts } from '@rmh/contract/api';
import { CARRIERS, type Seed } from './seed.ts';

const FAULTS = { 'carrier-area': 'carrier', 'carrier-down': 'carrier' } as const;

export function overviewOf(seed: Seed, nowMs: number): Overview {
  const { organisations, vehicles, alarms, gateways } = seed;
  const open = alarms.filter(({ state }) => state !== 'cleared');
  const live = vehicles.flatMap(({ live }) => live ?? []).filter(({ state }) => state !== 'off');
  const fleet: FleetOverview = {
    simulated: true,
    states: countsOf(seed),
    organisations: organisations
      .filter(({ kind }) => kind === 'hf')
      .map(({ id, parentId, kind, shortName }) => ({
        organisationId: id,
        parentId,
        kind,
        shortName,
        states: countsOf(seed, id),
      })),
    carriers: CARRIERS.map(({ key, name, colour }) => {
      const own = live.flatMap(({ carriers }) => carriers.filter(({ link }) => link === key));
      const down = own.filter(({ state }) => state === 'down').length;
      return { link: key, name, colour, vehicles: own.length, down };
    }),
    alarms: {
      bySeverity: {
        critical: countSeverity(open, 'critical'),
        major: countSeverity(open, 'major'),
        minor: countSeverity(open, 'minor'),
        warning: countSeverity(open, 'warning'),
      },
      unacknowledged: open.filter(({ acknowledged }) => !acknowledged).length,
    },
    headlines: open.map((alarm) => ({
      alarmId: alarm.id,
      kind: alarm.kind,
      severity: alarm.severity,
      fault: FAULTS[alarm.kind as keyof typeof FAULTS] ?? 'unknown',
      organisationId: alarm.organisationId,
      where: organisations.find(({ id }) => id === alarm.organisationId)?.shortName ?? '',
      since: alarm.since,
      carrier: alarm.carrier,
      gateway: null,
      vehicleId: alarm.vehicleId,
      callSign: alarm.callSign,
      vehicles: alarm.vehicles,
      acknowledged: alarm.acknowledged,
    })),
  };
  return {
    at: new Date(nowMs).toISOString(),
    fleets: [fleet],
    gateways: gateways.map(({ id, name, site, state, heardAt }) => ({
      id,
      name,
      site,
      state,
      heardAt,
    })),
  };
}

function countsOf({ vehicles }: Seed, organisationId?: number): StateCounts {
  const counts: StateCounts = { up: 0, reduced: 0, down: 0, off: 0, unknown: 0, never: 0 };
  for (const { live, organisationId: own } of vehicles) {
    if (organisationId === undefined || own === organisationId) counts[live?.state ?? 'never']++;
  }
  return counts;
}

function countSeverity(alarms: readonly Alarm[], severity: Alarm['severity']): number {
  return alarms.filter((one) => one.severity === severity).length;
}

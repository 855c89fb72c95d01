// Facts → the causes that are there now, each vehicle by itself, then gateways. Areas: areas.ts.
import { SILENT_AFTER_MS } from '../live/state.ts';
import type { Condition, Facts, GatewayFact, VehicleFact } from './facts.ts';

// A unit notices its gateway's end within some seconds, but may have spoken up to ten seconds
// before it, and the gateway up to ten seconds before that.
const GATEWAY_TOOK_ALONG_MS = 60_000;

export function vehicleConditions(vehicle: VehicleFact, facts: Facts): Condition[] {
  const found: Condition[] = [];
  const add = (kind: Condition['kind'], sinceMs: number, carrier: string | null = null) => {
    found.push(aboutVehicle(vehicle, kind, Math.min(sinceMs, facts.nowMs), carrier));
  };
  switch (vehicle.state) {
    case 'off':
      // Parked and switched off is no alarm, whatever it lacked before.
      return [];
    case 'unknown':
      add('vehicle-silent', Math.max(vehicle.sinceMs, facts.listeningSinceMs));
      return found;
    case 'down':
      // The carriers are all gone: that is one cause and not four.
      add('vehicle-down', vehicle.sinceMs);
      break;
    case 'reduced':
      for (const { link, sinceMs } of lostCarriers(vehicle)) add('carrier-down', sinceMs, link);
      break;
    case 'up':
      break;
  }
  if (vehicle.ailing) add('unit-unhealthy', facts.nowMs);
  if (vehicle.refusedMs !== null) add('configuration-refused', vehicle.refusedMs);
  return found;
}

/** Carriers that are down while another one holds. */
export function lostCarriers(vehicle: VehicleFact) {
  if (vehicle.state !== 'reduced') return [];
  if (!vehicle.carriers.some(({ state }) => state === 'up')) return [];
  return vehicle.carriers.filter(({ state }) => state === 'down');
}

export function vehicleKey(kind: string, vehicleId: number, carrier: string | null = null): string {
  return carrier === null ? `${kind}:${vehicleId}` : `${kind}:${vehicleId}:${carrier}`;
}

function aboutVehicle(
  vehicle: VehicleFact,
  kind: Condition['kind'],
  sinceMs: number,
  carrier: string | null,
): Condition {
  const { vehicleId, organisationId, simulated } = vehicle;
  return {
    key: vehicleKey(kind, vehicleId, carrier),
    kind,
    organisationId,
    simulated,
    vehicleId,
    gatewayId: null,
    carrier,
    cells: [],
    sinceMs,
    vehicleIds: [vehicleId],
    organisationIds: [],
    explains: [],
  };
}

/** A silent gateway, with the vehicles that fell silent with it. */
export function gatewayCondition(gateway: GatewayFact, facts: Facts): Condition | null {
  const sinceMs = Math.max(gateway.heardMs, facts.listeningSinceMs);
  if (facts.nowMs - sinceMs < SILENT_AFTER_MS) return null;
  const along = facts.vehicles.filter(
    ({ gateway: name, state, sinceMs: lostMs, simulated }) =>
      name === gateway.name &&
      !simulated &&
      (state === 'unknown' || state === 'down') &&
      lostMs >= gateway.heardMs - GATEWAY_TOOK_ALONG_MS,
  );
  return {
    key: `gateway-silent:${gateway.gatewayId}`,
    kind: 'gateway-silent',
    organisationId: gateway.organisationId,
    simulated: false,
    vehicleId: null,
    gatewayId: gateway.gatewayId,
    carrier: null,
    cells: [],
    sinceMs,
    vehicleIds: along.map(({ vehicleId }) => vehicleId),
    organisationIds: [...new Set(along.map(({ organisationId }) => organisationId))],
    explains: along.flatMap(({ vehicleId }) => [
      vehicleKey('vehicle-silent', vehicleId),
      vehicleKey('vehicle-down', vehicleId),
    ]),
  };
}

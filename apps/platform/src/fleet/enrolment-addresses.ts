// Addresses inside the tunnel, cut from one pool:
//
//   block 0        gateways, one address each
//   block n        vehicle with slot n:  +1 the unit's own address, +8 … +15 the network in the car
//
// A block has 16 addresses: a /10 holds 262,143 vehicles, the plan is 2,000. The /29 leaves five
// systems of the car beside the unit. What is once given stays with the vehicle.
import { formatIp, parsePrefix } from '@rmh/base';
import type { Sql } from '../db/database.ts';
import { problem } from '../http/problem.ts';

const BLOCK = 16;
const LAN_AT = 8;
const GATEWAYS_MOST = BLOCK - 1;

export interface VehicleAddresses {
  /** The unit's own, /32. */
  readonly address: string;
  readonly lan: string;
}

/** Null: beyond the pool. */
export function blockOf(pool: string, slot: number): VehicleAddresses | null {
  if ((slot + 1) * BLOCK > sizeOf(pool)) return null;
  const at = slot * BLOCK;
  return { address: `${ipOf(pool, at + 1)}/32`, lan: `${ipOf(pool, at + LAN_AT)}/29` };
}

/** All that gateways let in from the unit of this vehicle; made at the first call. */
export async function addressesOf(sql: Sql, vehicleId: number): Promise<VehicleAddresses> {
  const known = await stored(sql, vehicleId);
  if (known?.address && known.lan) return { address: known.address, lan: known.lan };
  const [row] =
    known === undefined
      ? await sql.query<{ slot: number }>(
          'INSERT INTO vehicle_network (vehicle_id) VALUES ($1) RETURNING slot',
          [vehicleId],
        )
      : [known];
  const block = blockOf(await poolOf(sql), row?.slot ?? 0);
  if (block === null) throw problem('conflict', 'the pool of addresses is used up');
  await sql.query('UPDATE vehicle_network SET address = $2, lan = $3 WHERE vehicle_id = $1', [
    vehicleId,
    block.address,
    block.lan,
  ]);
  return block;
}

/** Units that were moved into a vehicle which never had one. */
export async function giveMissingAddresses(sql: Sql): Promise<void> {
  const units = await sql.query<{ id: number; vehicle_id: number }>(
    `SELECT id, vehicle_id FROM unit WHERE state = 'enrolled' AND tunnel_key IS NOT NULL
       AND vehicle_id IS NOT NULL AND addresses = '{}' LIMIT 100`,
  );
  for (const { id, vehicle_id: vehicleId } of units) {
    const { address, lan } = await addressesOf(sql, vehicleId);
    await sql.query('UPDATE unit SET addresses = $2 WHERE id = $1', [id, [address, lan]]);
  }
}

/** The gateway's own address; the lowest that no other one has. */
export async function gatewayAddressOf(sql: Sql, gatewayId: number): Promise<string> {
  // Two gateways that enrol at once would find the same one free.
  await sql.query('LOCK TABLE gateway_network IN SHARE ROW EXCLUSIVE MODE');
  const rows = await sql.query<{ gateway_id: number; address: string }>(
    'SELECT gateway_id, address FROM gateway_network',
  );
  const mine = rows.find((row) => row.gateway_id === gatewayId);
  if (mine !== undefined) return mine.address;
  const taken = new Set(rows.map((row) => row.address));
  const pool = await poolOf(sql);
  for (let i = 1; i <= GATEWAYS_MOST; i++) {
    const address = `${ipOf(pool, i)}/32`;
    if (taken.has(address)) continue;
    await sql.query('INSERT INTO gateway_network (gateway_id, address) VALUES ($1, $2)', [
      gatewayId,
      address,
    ]);
    return address;
  }
  throw problem('conflict', 'every address of gateways is taken');
}

async function stored(sql: Sql, vehicleId: number) {
  const [row] = await sql.query<{ slot: number; address: string | null; lan: string | null }>(
    'SELECT slot, address, lan FROM vehicle_network WHERE vehicle_id = $1',
    [vehicleId],
  );
  return row;
}

async function poolOf(sql: Sql): Promise<string> {
  const [row] = await sql.query<{ pool: string }>('SELECT pool FROM network_settings');
  return row?.pool ?? '10.64.0.0/10';
}

function sizeOf(pool: string): number {
  return 2 ** (32 - (parsePrefix(pool)?.length ?? 32));
}

function ipOf(pool: string, offset: number): string {
  const bytes = parsePrefix(pool)?.address.bytes.slice() ?? new Uint8Array(4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, view.getUint32(0) + offset);
  return formatIp({ family: 4, bytes });
}

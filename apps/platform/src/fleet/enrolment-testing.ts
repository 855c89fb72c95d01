// Asks routes as the server would: parameters and bodies through their schemas, one transaction in
// the asker's scope, the reply through its schema. The country is small: one region with two
// trusts, another region, and a few vehicles.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { type Enrol, mayDo, parseEnrolmentToken, type Role, type Verb } from '@rmh/contract/api';
import { enrolText, Identity, keepLog } from '@rmh/contract/daemon';
import { z } from 'zod';
import { type Database, type Scope, type Sql, SYSTEM } from '../db/database.ts';
import type { Answer, Ask, Route } from '../http/route.ts';
import { testServices } from '../http/testing.ts';
import type { Asker } from '../identity/asker.ts';
import type { Job, Services, Vault } from '../services.ts';
import { enrol } from './enrolment.ts';
import { gatewayToken, unitToken } from './enrolment-tokens.ts';
import { createGateway } from './gateways.ts';

export interface Country {
  readonly national: number;
  readonly west: number;
  readonly bergen: number;
  readonly fonna: number;
  readonly north: number;
}

export interface Call<Reply> {
  /** What the reply is, where the caller wants more than the route's own schema. */
  readonly as?: z.ZodType<Reply>;
  readonly params?: Record<string, unknown>;
  readonly query?: Record<string, unknown>;
  readonly body?: unknown;
  readonly ifMatch?: number;
  /** False: where the route would wait, the body is null. */
  readonly wait?: boolean;
}

export class Rig {
  readonly db: Database;
  readonly services: Services;
  readonly log = keepLog();
  nowMs = Date.UTC(2026, 10, 25, 12);
  country: Country = { national: 0, west: 0, bergen: 0, fonna: 0, north: 0 };

  constructor(db: Database) {
    this.db = db;
    this.services = testServices(db, {
      log: this.log,
      nowMs: () => this.nowMs,
      vault: VAULT,
    });
  }

  static async on(db: Database): Promise<Rig> {
    const rig = new Rig(db);
    await rig.#settle();
    return rig;
  }

  sql<Row = Record<string, unknown>>(text: string, values: unknown[] = []) {
    return this.db.transaction(SYSTEM, (sql) => sql.query<Row>(text, values));
  }

  async run(job: Job): Promise<void> {
    await job.run(this.services);
  }

  /** The reply, or throws the problem. */
  async call<Reply = Record<string, unknown>>(route: Route, asker: Asker, call: Call<Reply> = {}) {
    const parsed = (name: 'params' | 'query' | 'body') =>
      route[name] === undefined ? undefined : route[name].parse(call[name] ?? {});
    const ask = (sql: Sql): Ask => ({
      asker,
      sql,
      params: parsed('params'),
      query: parsed('query'),
      body: parsed('body'),
      ifMatch: call.ifMatch ?? null,
      requestId: 'request',
      nowMs: this.nowMs,
      services: this.services,
      lastEventId: null,
    });
    const answer =
      route.noTransaction === true
        ? await route.answer(ask(NO_SQL))
        : await this.db.transaction(scopeOf(route, asker), (sql) => route.answer(ask(sql)));
    if (answer.raw !== undefined && call.wait === false) return { ...answer, body: null as Reply };
    const body = answer.raw === undefined ? answer.body : JSON.parse(await textOf(answer));
    return { ...answer, body: (call.as ?? route.reply ?? z.unknown()).parse(body) as Reply };
  }

  async vehicle(organisationId: number, callSign: string, kind = 'ambulance'): Promise<number> {
    return await this.#made(
      `INSERT INTO vehicle (organisation_id, call_sign, kind, stage)
       VALUES ($1, $2, $3, 'in-operation') RETURNING id`,
      [organisationId, callSign, kind],
    );
  }

  async unit(organisationId: number, vehicleId: number | null, serial: string): Promise<number> {
    return await this.#made(
      `INSERT INTO unit (organisation_id, vehicle_id, serial, state)
       VALUES ($1, $2, $3, 'awaited') RETURNING id`,
      [organisationId, vehicleId, serial],
    );
  }

  async #made(text: string, values: unknown[]): Promise<number> {
    const [row] = await this.sql<{ id: number }>(text, values);
    return row?.id ?? 0;
  }

  async #settle(): Promise<void> {
    const make = (parentId: number | null, kind: string, name: string) =>
      this.#made(
        `INSERT INTO organisation (parent_id, kind, name, short_name)
         VALUES ($1, $2, $3, $3) RETURNING id`,
        [parentId, kind, name],
      );
    const national = await make(null, 'national', 'Norge');
    const west = await make(national, 'rhf', 'Helse Vest');
    const north = await make(national, 'rhf', 'Helse Nord');
    const bergen = await make(west, 'hf', 'Helse Bergen');
    const fonna = await make(west, 'hf', 'Helse Fonna');
    this.country = { national, west, bergen, fonna, north };
  }
}

export function user(role: Role, organisationId: number): Asker {
  return { kind: 'user', userId: 1, name: role, grants: [{ role, organisationId }] };
}

/** A machine with its keys, as `rmh enrol` makes them. */
export class Machine {
  readonly identity = new Identity(randomBytes(32));
  readonly tunnelKey = freshTunnelKey();

  enrol(secret: string, serial: string): Enrol {
    return {
      token: secret,
      serial,
      identityKey: this.identity.publicKey,
      tunnelKey: this.tunnelKey,
      proof: this.identity.sign(enrolText(secret)),
      softwareVersion: '0.1.0',
    };
  }
}

export function freshTunnelKey(): string {
  const { x } = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' });
  return Buffer.from(x ?? '', 'base64url').toString('base64');
}

const NO_SQL: Sql = { query: () => Promise.reject(new Error('no transaction')) };

/** Shows in the database that something was sealed, and refuses what was not. */
const VAULT: Vault = {
  seal: (plain) => Uint8Array.of(0x5e, ...plain.map((byte) => byte ^ 0xff)),
  open: (sealed) => {
    if (sealed[0] !== 0x5e) throw new Error('was not sealed');
    return sealed.slice(1).map((byte) => byte ^ 0xff);
  },
  identity: () => new Identity(new Uint8Array(32)),
};

function scopeOf(route: Route, asker: Asker): Scope {
  if (asker.kind !== 'user') return SYSTEM;
  const organisationIds = asker.grants
    .filter((grant) => mayDo(grant.role, route.access as Verb))
    .map((grant) => grant.organisationId);
  if (organisationIds.length === 0) throw new Error(`may not: ${route.access}`);
  return { kind: 'roots', organisationIds };
}

async function textOf(answer: Answer): Promise<string> {
  const chunks: string[] = [];
  await answer.raw?.({
    signal: new AbortController().signal,
    write: async (chunk) => {
      chunks.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      return true;
    },
  });
  return chunks.join('');
}

export const NOBODY: Asker = { kind: 'nobody' };

export async function secretOf(made: Promise<{ body: { token: string } }>): Promise<string> {
  return parseEnrolmentToken((await made).body.token)?.secret ?? '';
}

export interface RigUnit {
  readonly id: number;
  readonly vehicleId: number;
  readonly machine: Machine;
  readonly asker: Asker;
}

export interface RigGateway {
  readonly id: number;
  readonly machine: Machine;
  readonly asker: Asker;
}

/** Gateways gw1 …, and units in Helse Bergen, enrolled by the real routes. */
export async function makeFleet(
  rig: Rig,
  gatewayCount: number,
  unitCount: number,
): Promise<{ gateways: RigGateway[]; units: RigUnit[] }> {
  const gateways: RigGateway[] = [];
  for (let i = 1; i <= gatewayCount; i++) gateways.push(await makeGateway(rig, `gw${i}`));
  const units: RigUnit[] = [];
  for (let i = 1; i <= unitCount; i++) units.push(await makeUnit(rig, rig.country.bergen, i));
  return { gateways, units };
}

export async function makeGateway(rig: Rig, name: string): Promise<RigGateway> {
  const national = user('national-operator', rig.country.national);
  const made = await rig.call<{ id: number }>(createGateway, national, {
    body: { name, site: name, endpoint: '192.0.2.1:51820', allowedIps: ['172.30.0.0/16'] },
  });
  const { id } = made.body;
  const params = { gatewayId: id };
  const token = rig.call<{ token: string }>(gatewayToken, national, { params, body: {} });
  const machine = new Machine();
  await rig.call(enrol, NOBODY, { body: machine.enrol(await secretOf(token), name) });
  return { id, machine, asker: { kind: 'gateway', gatewayId: id } };
}

export async function makeUnit(rig: Rig, organisationId: number, number: number): Promise<RigUnit> {
  const vehicleId = await rig.vehicle(organisationId, `V-${number}`);
  const serial = `serial-${organisationId}-${number}`;
  const id = await rig.unit(organisationId, vehicleId, serial);
  const operator = user('ict-operator', organisationId);
  const token = rig.call<{ token: string }>(unitToken, operator, {
    params: { unitId: id },
    body: {},
  });
  const machine = new Machine();
  await rig.call(enrol, NOBODY, { body: machine.enrol(await secretOf(token), serial) });
  return { id, vehicleId, machine, asker: { kind: 'unit', unitId: id, vehicleId, organisationId } };
}

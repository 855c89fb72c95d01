// Makes the lab's machines known to the platform, the way a workshop does: registered, invited by a
// token, enrolled by `rmh enrol` with keys of their own. What is already enrolled stays.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { present } from '@rmh/base';
import {
  type Carrier,
  formatEnrolmentToken,
  type GatewayDetail,
  parseEnrolmentToken,
  type Unit,
  type Vehicle,
} from '@rmh/contract/api';
import type { Client } from '@rmh/contract/client';
import { withFields } from '@rmh/contract/machine';
import { GPSD_PORT } from '../devices/gps.ts';
import { CLI, NODE } from '../runner/children.ts';
import type { Enrolled } from '../runner/protocol.ts';
import {
  type CarrierName,
  type EnrolledVehicle,
  enrolledAddresses,
  gatewayAddresses,
  HELSENETT_PREFIX,
  PLATFORM_ADDRESS,
  PLATFORM_PORT,
  TUN_NAME,
} from '../topology/addresses.ts';

const URL_IN_HELSENETT = `https://${PLATFORM_ADDRESS}:${PLATFORM_PORT}`;

export interface Workshop {
  readonly client: Client;
  /** Where machines are set up: DIRECTORY/NAME. */
  readonly directory: string;
  /** How the platform is reached from here; in the run it is at its address in Helsenettet. */
  readonly benchUrl: string;
}

/** `carriers`: of each vehicle. `organisationIds`: who owns it. */
export async function enrolMachines(
  workshop: Workshop,
  carriers: readonly (readonly CarrierName[])[],
  organisationIds: readonly number[],
): Promise<Pick<Enrolled, 'directory' | 'vehicles' | 'gateways'>> {
  const gateways = await Promise.all([1, 2].map((index) => enrolGateway(workshop, index)));
  // After the gateways: a unit is told of them when it enrols.
  const vehicles = await Promise.all(
    carriers.map((links, v) => enrolVehicle(workshop, v + 1, links, organisationIds[v] ?? 0)),
  );
  return { directory: workshop.directory, gateways, vehicles };
}

export async function makeCarriers(client: Client, wanted: readonly Omit<Carrier, 'id'>[]) {
  const known = new Set<string>();
  for await (const { key } of client.pages<Carrier>('/carriers')) known.add(key);
  for (const body of wanted.filter(({ key }) => !known.has(key))) {
    await client.call('/carriers', { method: 'POST', body });
  }
}

async function enrolGateway(workshop: Workshop, index: number) {
  const { client } = workshop;
  const { name, outer, port } = gatewayAddresses(index);
  const body = {
    name,
    site: index === 1 ? 'Oslo' : 'Trondheim',
    endpoint: `${outer}:${port}`,
    allowedIps: [HELSENETT_PREFIX],
  };
  let gateway = await found<GatewayDetail>(client, '/gateways', (each) => each.name === name);
  gateway ??= (await client.call<GatewayDetail>('/gateways', { method: 'POST', body })).body;
  const own = { statusSocket: 'status.sock', tun: { name: TUN_NAME }, listen: { port } };
  await enrolOnce(workshop, name, 'gateway', gateway.id, own, name);
  const tunnel = tunnelAddress(workshop, name, 'gateway');
  return { name, tunnel };
}

async function enrolVehicle(
  workshop: Workshop,
  index: number,
  carriers: readonly CarrierName[],
  organisationId: number,
): Promise<EnrolledVehicle> {
  const { client } = workshop;
  const name = `vehicle${index}`;
  const callSign = `LAB ${index}`;
  const serial = `LAB-${index}`;
  const vehicle = await findOrMake<Vehicle>(
    client,
    '/vehicles',
    { search: callSign },
    {
      is: (each) => each.callSign === callSign,
      body: {
        organisationId,
        callSign,
        registration: null,
        kind: 'ambulance',
        stage: 'in-operation',
      },
    },
  );
  const unit = await findOrMake<Unit>(
    client,
    '/units',
    { vehicleId: vehicle.id },
    {
      is: (each) => each.serial === serial,
      body: { organisationId, vehicleId: vehicle.id, serial, model: 'lab' },
    },
  );
  const links = carriers.map((carrier) => ({ name: carrier.name, device: carrier.device }));
  const own = {
    statusSocket: 'status.sock',
    tun: { name: TUN_NAME },
    lan: { device: 'lan0' },
    links,
    page: {},
  };
  await enrolOnce(workshop, name, 'unit', unit.id, own, serial);
  const [inner = '', lanPrefix = ''] = (await client.get<Unit>(`/units/${unit.id}`)).addresses;
  const known = { name, inner: inner.split('/', 1)[0] ?? '', lanPrefix };
  const { lanRouter, lanBits } = enrolledAddresses(index, known);
  const fields = new Map<string, unknown>([
    ['lan.addresses', [`${lanRouter}/${lanBits}`]],
    ['gps.host', '127.0.0.1'],
    ['gps.port', GPSD_PORT],
  ]);
  change(workshop, name, 'unit', fields);
  return known;
}

/** Keys and configuration that an earlier run left are kept. */
async function enrolOnce(
  workshop: Workshop,
  name: string,
  kind: 'unit' | 'gateway',
  id: number,
  own: Record<string, unknown>,
  serial: string,
): Promise<void> {
  const directory = join(workshop.directory, name);
  const file = fileOf(workshop, name, kind);
  if (existsSync(file) && readFileSync(file, 'utf8').includes('identityKeyFile')) return;
  mkdirSync(join(directory, 'state'), { recursive: true, mode: 0o700 });
  const fields = { ...own, stateDirectory: 'state' };
  writeFileSync(file, `${JSON.stringify(absolute(fields, directory), null, 2)}\n`);
  const { body } = await workshop.client.call<{ token: string }>(
    `/${kind}s/${id}/enrolment-tokens`,
    { method: 'POST', body: { validHours: 1 } },
  );
  const token = present(parseEnrolmentToken(body.token), 'the platform gives whole tokens');
  const atBench = formatEnrolmentToken({ ...token, url: workshop.benchUrl });
  const words = [atBench, '--dir', directory, '--serial', serial];
  await enrol(kind === 'gateway' ? [...words, '--gateway'] : words, name);
  change(workshop, name, kind, new Map([['platform.url', URL_IN_HELSENETT]]));
}

/** `rmh enrol` as a person runs it; `name`: whose failure it would be. */
export async function enrol(words: string[], name: string): Promise<void> {
  const [command = '', ...args] = [...NODE, CLI, 'enrol', ...words];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      said += String(data);
    });
  }
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${name} was not enrolled (exit ${code})\n${said}`);
}

function change(
  workshop: Workshop,
  name: string,
  kind: string,
  fields: ReadonlyMap<string, unknown>,
): void {
  const file = fileOf(workshop, name, kind);
  const before = readFileSync(file, 'utf8');
  const after = withFields(before, fields);
  if (!isDeepStrictEqual(before, after)) writeFileSync(file, after);
}

function tunnelAddress(workshop: Workshop, name: string, kind: string): string {
  const text = readFileSync(fileOf(workshop, name, kind), 'utf8');
  return /(\d+\.\d+\.\d+\.\d+)\/32/.exec(text)?.[1] ?? '';
}

function fileOf({ directory }: Workshop, name: string, kind: string): string {
  return join(directory, name, `${kind}.yaml`);
}

/** Sockets and directories of this machine, not of the daemon's working directory. */
function absolute(fields: Record<string, unknown>, directory: string): Record<string, unknown> {
  const paths = ['statusSocket', 'stateDirectory'];
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => {
      return [key, paths.includes(key) ? join(directory, String(value)) : value];
    }),
  );
}

async function findOrMake<T>(
  client: Client,
  path: string,
  query: Record<string, string | number>,
  wanted: { is: (each: T) => boolean; body: object },
): Promise<T> {
  const known = await found<T>(client, path, wanted.is, query);
  return known ?? (await client.call<T>(path, { method: 'POST', body: wanted.body })).body;
}

async function found<T>(
  client: Client,
  path: string,
  is: (each: T) => boolean,
  query: Record<string, string | number> = {},
): Promise<T | null> {
  for await (const each of client.pages<T>(path, query)) if (is(each)) return each;
  return null;
}

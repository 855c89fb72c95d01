// Puts the country and its made-up vehicles into a platform: the four regions, their trusts and
// stations, and one unit a vehicle. Done again, it finds what is there.
import { randomBytes } from 'node:crypto';
import {
  type Organisation,
  SIMULATED_MOST,
  type SimulatedMade,
  type SimulatedWrite,
} from '@rmh/contract/api';
import type { Client } from '@rmh/contract/client';
import { Identity } from '@rmh/contract/daemon';
import { type Home, homesOf, REGIONS, type Trust } from './geography.ts';

export interface Member {
  readonly home: Home;
  readonly unitId: number;
  readonly vehicleId: number;
  readonly identity: Identity;
}

export async function seedCountry(client: Client): Promise<Map<string, number>> {
  const known = new Map<string, Organisation>();
  for await (const each of client.pages<Organisation>('/organisations')) {
    known.set(keyOf(each.parentId, each.shortName), each);
  }
  const root = [...known.values()].find(({ kind }) => kind === 'national');
  if (root === undefined) throw new Error('the platform has no national organisation');
  const stations = new Map<string, number>();
  const settle = async (
    parentId: number,
    kind: Organisation['kind'],
    name: string,
    shortName: string,
  ) => {
    const found = known.get(keyOf(parentId, shortName));
    if (found !== undefined) return found.id;
    const body = { parentId, kind, name, shortName, orgNumber: null };
    const { body: made } = await client.call<Organisation>('/organisations', {
      method: 'POST',
      body,
    });
    return made.id;
  };
  const settleTrust = async (rhf: number, trust: Trust) => {
    const hf = await settle(rhf, 'hf', trust.name, trust.shortName);
    const made = trust.towns.map(async ({ name }) => {
      stations.set(stationKey(trust.shortName, name), await settle(hf, 'station', name, name));
    });
    await Promise.all(made);
  };
  const regions = REGIONS.map(async (region) => {
    const rhf = await settle(root.id, 'rhf', region.name, region.shortName);
    await Promise.all(region.trusts.map((trust) => settleTrust(rhf, trust)));
  });
  await Promise.all(regions);
  return stations;
}

/** `onMade` hears how many are there. */
export async function seedFleet(
  client: Client,
  stations: ReadonlyMap<string, number>,
  vehicles: number,
  onMade: (made: number) => void,
): Promise<Member[]> {
  const numbers = new Map<string, number>();
  const wanted = homesOf(vehicles).map((home, i) => {
    const { shortName } = trustOf(home);
    const number = (numbers.get(shortName) ?? 0) + 1;
    numbers.set(shortName, number);
    const identity = new Identity(randomBytes(32));
    const organisationId = stations.get(stationKey(shortName, home.town.name)) ?? 0;
    const vehicle: SimulatedWrite['vehicles'][number] = {
      organisationId,
      callSign: `${shortName} ${100 + number}`,
      kind: number % 9 === 0 ? 'reserve' : 'ambulance',
      serial: `SIM-${String(i + 1).padStart(5, '0')}`,
      identityKey: identity.publicKey,
    };
    return { home, identity, vehicle };
  });
  const members: Member[] = [];
  for (let at = 0; at < wanted.length; at += SIMULATED_MOST) {
    const part = wanted.slice(at, at + SIMULATED_MOST);
    const body = { vehicles: part.map(({ vehicle }) => vehicle) };
    const { body: made } = await client.call<SimulatedMade>('/simulated-vehicles', {
      method: 'POST',
      body,
    });
    for (const [k, { home, identity }] of part.entries()) {
      const unit = made.units[k];
      if (unit !== undefined) members.push({ home, identity, ...unit });
    }
    onMade(members.length);
  }
  return members;
}

function trustOf({ region, trust }: Home) {
  const found = REGIONS[region]?.trusts[trust];
  if (found === undefined) throw new Error('a home outside the country');
  return found;
}

function keyOf(parentId: number | null, shortName: string): string {
  return `${parentId}/${shortName}`;
}

export function stationKey(trust: string, town: string): string {
  return `${trust}/${town}`;
}

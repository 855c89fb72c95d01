// A nation with two regions for the tests of orders, installations and the programme.
import type { Role } from '@rmh/contract/api';
import { type Database, SYSTEM } from '../db/database.ts';
import type { Route } from '../http/route.ts';
import { type Client, type TestServer, testServer, testServices } from '../http/testing.ts';

/** National 1; region 2 with trusts 4 and 5; region 3 with trust 6. Vehicles 1–5 and 9. */
export async function plantNation(db: Database): Promise<void> {
  await db.transaction(SYSTEM, (sql) =>
    sql.query(`INSERT INTO organisation (id, parent_id, kind, name, short_name) VALUES
      (1, NULL, 'national', 'Norge', 'N'), (2, 1, 'rhf', 'Helse Nord', 'Nord'),
      (3, 1, 'rhf', 'Helse Vest', 'Vest'), (4, 2, 'hf', 'UNN', 'UNN'),
      (5, 2, 'hf', 'Nordland', 'Nordland'), (6, 3, 'hf', 'Bergen', 'Bergen'),
      (7, 4, 'station', 'Tromsø', 'Tromsø');
      INSERT INTO carrier (id, key, name, colour) VALUES (1, 'telenor', 'Telenor', 1),
        (2, 'telia', 'Telia', 2);
      INSERT INTO vehicle (id, organisation_id, call_sign, kind, stage) VALUES
        (1, 7, 'A-1', 'ambulance', 'planned'), (2, 4, 'A-2', 'ambulance', 'planned'),
        (3, 5, 'A-3', 'ambulance', 'planned'), (4, 5, 'A-4', 'ambulance', 'planned'),
        (5, 5, 'A-5', 'ambulance', 'planned'), (9, 6, 'B-9', 'ambulance', 'planned');
      SELECT setval('vehicle_id_seq', 100), setval('organisation_id_seq', 100),
        setval('carrier_id_seq', 100)`),
  );
}

export interface Cast {
  readonly server: TestServer;
  readonly national: Client;
  /** Of region 2. */
  readonly coordinator: Client;
  readonly ict: Client;
  readonly auditor: Client;
  /** Coordinator of region 3. */
  readonly elsewhere: Client;
}

export async function cast(
  db: Database,
  routes: readonly Route[],
  nowMs: () => number = Date.now,
): Promise<Cast> {
  const server = await testServer(testServices(db, { nowMs }), routes);
  const as = (role: Role, organisationId: number) =>
    server.user(organisationId, [{ role, organisationId }], `${role} ${organisationId}`);
  return {
    server,
    national: await as('national-operator', 1),
    coordinator: await as('regional-coordinator', 2),
    ict: await as('ict-operator', 2),
    auditor: await as('auditor', 2),
    elsewhere: await as('regional-coordinator', 3),
  };
}

let keys = 0;
export const withKey = (headers: Readonly<Record<string, string>> = {}) => ({
  headers: { 'idempotency-key': `a-test-key-${++keys}`, ...headers },
});
export const ifMatch = (version: unknown) => ({ 'if-match': `"${String(version)}"` });

/** Kit 1, Telenor 2, Telia 3, priority at Telenor 4, in that order of ids. */
export async function plantCatalogue(national: Client, validFrom = '2026-01-01'): Promise<void> {
  const items = [
    { code: 'KIT-1', kind: 'vehicle-kit', carrierId: null, onceOre: 4_870_033, monthlyOre: 0 },
    { code: 'SIM-TN', kind: 'subscription', carrierId: 1, onceOre: 9_900, monthlyOre: 19_937 },
    { code: 'SIM-TE', kind: 'subscription', carrierId: 2, onceOre: 0, monthlyOre: 17_901 },
    { code: 'PRI-TN', kind: 'priority', carrierId: 1, onceOre: 1, monthlyOre: 5_001 },
  ];
  for (const item of items) {
    const body = { ...item, name: item.code, description: '', validFrom };
    const made = await national('POST /catalogue', { body, ...withKey() });
    if (made.status !== 201) throw new Error(made.text);
  }
}

export interface Line {
  readonly vehicleId: number;
  readonly catalogueItemIds: readonly number[];
}

export const orderOf = (vehicles: readonly Line[], more: object = {}) => ({
  organisationId: 2,
  reference: 'R-1',
  wantedBy: null,
  note: '',
  vehicles: vehicles.map((line) => ({ newVehicle: null, ...line })),
  ...more,
});

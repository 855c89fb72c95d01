// Everything that requirements bind, with its figures as they are now.
import type { FactFigures, RequirementLevel } from '@rmh/contract/api';
import type { Sql } from '../../db/database.ts';
import { configured } from './configured.ts';
import { alarms, drives, keys, subscriptions, units } from './fitted.ts';
import { measured } from './measured.ts';
import { attested, handledAlarms, looks, nation, people } from './organisations.ts';
import { gather, type Source } from './sources.ts';

export interface Subject {
  readonly level: RequirementLevel;
  /** Null: the organisation itself. */
  readonly vehicleId: number | null;
  readonly organisationId: number;
  readonly simulated: boolean;
  readonly figures: FactFigures;
}

const OF_VEHICLES: readonly Source[] = [
  subscriptions,
  units,
  configured,
  keys,
  alarms,
  drives,
  measured,
];
const OF_ORGANISATIONS: readonly Source[] = [people, handledAlarms, looks, attested, nation];

/** As system. `sql` may be one that gives each statement a transaction of its own. */
export async function subjectsOf(sql: Sql, nowMs: number): Promise<Subject[]> {
  const vehicles = await sql.query<{ id: number; organisation_id: number; simulated: boolean }>(
    `SELECT id, organisation_id, simulated FROM vehicle WHERE stage = 'in-operation' ORDER BY id`,
  );
  const ofVehicles = await gather(OF_VEHICLES, sql, nowMs);
  const organisations = await sql.query<{ id: number; kind: 'national' | 'rhf' | 'hf' }>(
    `SELECT id, kind FROM organisation WHERE kind <> 'station' ORDER BY id`,
  );
  const ofOrganisations = await gather(OF_ORGANISATIONS, sql, nowMs);
  return [
    ...vehicles.map(({ id, organisation_id: organisationId, simulated }): Subject => {
      const figures = ofVehicles.get(id) ?? {};
      return { level: 'vehicle', vehicleId: id, organisationId, simulated, figures };
    }),
    ...organisations.map(({ id, kind }): Subject => {
      const figures = ofOrganisations.get(id) ?? {};
      const whose = { vehicleId: null, organisationId: id, simulated: false };
      return { level: kind, ...whose, figures };
    }),
  ];
}

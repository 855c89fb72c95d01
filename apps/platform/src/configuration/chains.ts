// From the tables to what resolve.ts needs: the layers that a unit lies under, in their order.
import { createHash } from 'node:crypto';
import {
  BUILT_IN,
  type Configuration,
  LAYER_KINDS,
  type Layer,
  type LayerValues,
} from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { canonical, type LayerFacts, type Resolved, resolve } from './resolve.ts';

export interface StoredLayer extends LayerFacts {
  readonly organisationId: number;
  readonly vehicleKind: string | null;
  readonly unitId: number | null;
  readonly note: string;
  readonly version: number;
}

export interface UnitFacts {
  readonly unitId: number;
  readonly organisationId: number;
  readonly vehicleKind: string | null;
}

interface LayerRow {
  readonly id: number;
  readonly kind: Layer['kind'];
  readonly organisation_id: number;
  readonly vehicle_kind: string | null;
  readonly unit_id: number | null;
  readonly name: string;
  readonly given: LayerValues;
  readonly locked: string[];
  readonly note: string;
  readonly version: number;
}

export const LAYER_COLUMNS =
  'id, kind, organisation_id, vehicle_kind, unit_id, name, given, locked, note, version';

export function storedLayer(row: LayerRow): StoredLayer {
  return {
    id: row.id,
    kind: row.kind,
    organisationId: row.organisation_id,
    vehicleKind: row.vehicle_kind,
    unitId: row.unit_id,
    name: row.name,
    values: row.given,
    locked: row.locked,
    note: row.note,
    version: row.version,
  };
}

/** All layers that the transaction may see, ready to be asked for units. */
export async function loadChains(sql: Sql): Promise<Chains> {
  const layers = await sql.query<LayerRow>(`SELECT ${LAYER_COLUMNS} FROM configuration_layer`);
  const tree = await sql.query<{ organisation_id: number; ancestors: number[] }>(
    `SELECT organisation_id, array_agg(ancestor_id) AS ancestors
     FROM organisation_tree GROUP BY organisation_id`,
  );
  const ancestors = new Map(tree.map((row) => [row.organisation_id, row.ancestors]));
  return new Chains(layers.map(storedLayer), ancestors);
}

/** 2,000 units share some tens of chains, so a chain and what it gives are worked out once. */
export class Chains {
  readonly #layers: readonly StoredLayer[];
  readonly #ancestors: ReadonlyMap<number, readonly number[]>;
  readonly #shared = new Map<string, { layers: StoredLayer[]; resolved: Resolved }>();
  readonly #ofUnit = new Map<number, StoredLayer>();

  constructor(layers: readonly StoredLayer[], ancestors: ReadonlyMap<number, readonly number[]>) {
    this.#ancestors = ancestors;
    this.#layers = layers
      .filter((layer) => layer.unitId === null)
      .sort((a, b) => this.#order(a, b));
    for (const layer of layers) if (layer.unitId !== null) this.#ofUnit.set(layer.unitId, layer);
  }

  /** In the order in which they are heard. */
  layersOf(unit: UnitFacts): readonly StoredLayer[] {
    const { layers } = this.#sharedOf(unit);
    const own = this.#ofUnit.get(unit.unitId);
    return own === undefined ? layers : [...layers, own];
  }

  resolve(unit: UnitFacts): Resolved {
    if (this.#ofUnit.has(unit.unitId)) return resolve(this.layersOf(unit));
    return this.#sharedOf(unit).resolved;
  }

  /** Those that are heard before this one, wherever it applies. */
  above(layer: Place): readonly StoredLayer[] {
    return this.#layers.filter(
      (other) =>
        this.#isAbove(other.organisationId, layer.organisationId) &&
        (other.vehicleKind === null || other.vehicleKind === layer.vehicleKind) &&
        this.#order(other, layer) < 0,
    );
  }

  /** Those that are heard after this one somewhere. */
  below(layer: Place): readonly StoredLayer[] {
    return [...this.#layers, ...this.#ofUnit.values()].filter(
      (other) =>
        this.#isAbove(layer.organisationId, other.organisationId) &&
        (layer.vehicleKind === null ||
          other.vehicleKind === layer.vehicleKind ||
          other.kind === 'unit') &&
        this.#order(layer, other) < 0,
    );
  }

  /** The same, with one layer as it would be. */
  with(layer: StoredLayer): Chains {
    const others = [...this.#layers, ...this.#ofUnit.values()].filter(({ id }) => id !== layer.id);
    return new Chains([...others, layer], this.#ancestors);
  }

  #sharedOf({ organisationId, vehicleKind }: UnitFacts) {
    const key = `${organisationId} ${vehicleKind}`;
    let shared = this.#shared.get(key);
    if (shared === undefined) {
      const layers = this.#layers.filter(
        (layer) =>
          this.#isAbove(layer.organisationId, organisationId) &&
          (layer.vehicleKind === null || layer.vehicleKind === vehicleKind),
      );
      shared = { layers, resolved: resolve(layers) };
      this.#shared.set(key, shared);
    }
    return shared;
  }

  /** An organisation is above itself. */
  #isAbove(upper: number, lower: number): boolean {
    return this.#ancestors.get(lower)?.includes(upper) ?? false;
  }

  /** By kind; layers of one vehicle kind from the nation down. */
  #order(a: Place, b: Place): number {
    const rank = LAYER_KINDS.indexOf(a.kind) - LAYER_KINDS.indexOf(b.kind);
    return rank === 0 ? this.#depth(a.organisationId) - this.#depth(b.organisationId) : rank;
  }

  #depth(organisationId: number): number {
    return this.#ancestors.get(organisationId)?.length ?? 0;
  }
}

type Place = Pick<StoredLayer, 'kind' | 'organisationId' | 'vehicleKind'>;

/** Enrolled units at or below an organisation; null: all that the transaction may see. */
export async function loadUnits(
  sql: Sql,
  organisationId: number | null,
  unitIds: readonly number[] | null = null,
): Promise<UnitFacts[]> {
  const rows = await sql.query<{ id: number; organisation_id: number; kind: string | null }>(
    `SELECT u.id, u.organisation_id, v.kind FROM unit u LEFT JOIN vehicle v ON v.id = u.vehicle_id
     WHERE u.state = 'enrolled'
       AND ($1::integer IS NULL OR EXISTS (SELECT FROM organisation_tree t
         WHERE t.organisation_id = u.organisation_id AND t.ancestor_id = $1))
       AND ($2::integer[] IS NULL OR u.id = ANY ($2))
     ORDER BY u.id`,
    [organisationId, unitIds],
  );
  return rows.map((row) => ({
    unitId: row.id,
    organisationId: row.organisation_id,
    vehicleKind: row.kind,
  }));
}

/** The number under which these values are kept; the same values, the same number. */
export async function keepBody(sql: Sql, values: Configuration): Promise<number> {
  const text = canonical(values);
  const hash = createHash('sha256').update(text).digest();
  await sql.query(
    'INSERT INTO configuration_body (hash, body) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING',
    [hash, text],
  );
  const [row] = await sql.query<{ id: number }>(
    'SELECT id FROM configuration_body WHERE hash = $1',
    [hash],
  );
  return row?.id ?? 0;
}

/** What was kept by an older program lacks the fields that came later. */
export function bodyOf(kept: Partial<Configuration> | null): Configuration {
  return { ...BUILT_IN, ...kept };
}

// Units and gateways prove each request with their identity key (contract/daemon/proof.ts):
//
//   1. the header has the form, and its time is within the window
//   2. the key belongs to a machine that is enrolled and not revoked
//   3. the signature covers this very request
//   4. it is for this process, in this run: else the machine is told our name and proves anew
//   5. its nonce was not seen before
//
// So processes need not tell each other what they saw, and one that restarts need not know what it
// saw before; a machine pays with a round trip when it comes to another process.
// Keys are kept at hand: 2,000 units that report every ten seconds would otherwise cost 200
// questions a second. A change in any process rings (trigger machine_changed), and forgets all.
import { PROOF_WINDOW_MS } from '@rmh/contract/api';
import { isProved, newProcessName, type ProvedRequest, readProof } from '@rmh/contract/daemon';
import { type Database, type Sql, SYSTEM } from '../db/database.ts';
import type { Asker } from './asker.ts';

export type MachineAsker = Extract<Asker, { kind: 'unit' | 'gateway' }>;

// 2,000 units and their gateways, twice over. Unknown keys are not kept, so nobody can fill it.
const KEYS_MAX = 5_000;
// Should a bell be missed, a revoked machine is let in no longer than this.
const KEY_KEPT_MS = 60_000;
// Ten minutes at 300 requests a second are 180,000; each takes some 100 bytes. When it is full the
// oldest goes: a replay would need a captured request, which TLS prevents, and repeats nothing,
// for batches are counted once and newer states stay.
const NONCES_MAX = 500_000;

export class MachineGate {
  readonly #db: Database;
  readonly #keys = new Map<string, { readonly asker: MachineAsker; readonly atMs: number }>();
  readonly #nonces = new Map<string, number>();
  /** What a proof must name. */
  readonly processName = newProcessName();
  #stop: (() => Promise<void>) | null = null;

  constructor(db: Database) {
    this.#db = db;
  }

  async start(): Promise<void> {
    this.#stop = await this.#db.listen('machine', () => this.#keys.clear());
  }

  async end(): Promise<void> {
    await this.#stop?.();
  }

  /** Null: not proved, whatever the reason. A machine that is asked to be told why would be told
   * how to do better. 'elsewhere': proved, for another process. */
  async find(
    header: string,
    request: ProvedRequest,
    nowMs: number,
  ): Promise<MachineAsker | 'elsewhere' | null> {
    const proof = readProof(header);
    if (proof === null || Math.abs(proof.atMs - nowMs) > PROOF_WINDOW_MS) return null;
    const asker = await this.#machineOf(proof.key, nowMs);
    if (asker === null || !isProved(proof, request)) return null;
    if (proof.to !== this.processName) return 'elsewhere';
    return this.#isNew(`${proof.key}${proof.nonce}`, nowMs) ? asker : null;
  }

  async #machineOf(key: string, nowMs: number): Promise<MachineAsker | null> {
    const kept = this.#keys.get(key);
    if (kept !== undefined && nowMs - kept.atMs < KEY_KEPT_MS) return kept.asker;
    const asker = await this.#db.transaction(SYSTEM, (sql) => lookUp(sql, key));
    if (asker === null) return null;
    if (this.#keys.size >= KEYS_MAX) this.#keys.clear();
    this.#keys.set(key, { asker, atMs: nowMs });
    return asker;
  }

  #isNew(nonce: string, nowMs: number): boolean {
    if (this.#nonces.has(nonce)) return false;
    this.#nonces.set(nonce, nowMs);
    // In the order of arrival: the first that is young enough ends the search.
    for (const [old, atMs] of this.#nonces) {
      const isOver = nowMs - atMs > 2 * PROOF_WINDOW_MS || this.#nonces.size > NONCES_MAX;
      if (!isOver) break;
      this.#nonces.delete(old);
    }
    return true;
  }
}

async function lookUp(sql: Sql, key: string): Promise<MachineAsker | null> {
  const raw = Buffer.from(key, 'base64');
  const [unit] = await sql.query<{
    id: number;
    vehicle_id: number | null;
    organisation_id: number;
  }>(
    `SELECT id, vehicle_id, organisation_id FROM unit
     WHERE identity_key = $1 AND state = 'enrolled'`,
    [raw],
  );
  if (unit !== undefined) {
    const { id: unitId, vehicle_id: vehicleId, organisation_id: organisationId } = unit;
    return { kind: 'unit', unitId, vehicleId, organisationId };
  }
  const [gateway] = await sql.query<{ id: number }>(
    `SELECT id FROM gateway WHERE identity_key = $1 AND state = 'enrolled'`,
    [raw],
  );
  return gateway === undefined ? null : { kind: 'gateway', gatewayId: gateway.id };
}

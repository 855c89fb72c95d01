// How a transaction begins: as the owner of the tables, or as rmh_app below some organisations.

import { strict as assert } from 'node:assert';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Scope } from './database.ts';
import { DatabaseError } from './database.ts';

// A page of a console waits no longer; a slow question must not hold a connection for good.
const STATEMENT_MOST_MS = 30_000;

/** Statements that open a transaction. The numbers come from the database itself. */
export function beginText(scope: Scope): string {
  if (scope.kind === 'system') return 'BEGIN';
  const { organisationIds, carrierIds = [] } = scope;
  assert([...organisationIds, ...carrierIds].every((id) => Number.isSafeInteger(id)));
  return (
    `BEGIN; SET LOCAL statement_timeout = ${STATEMENT_MOST_MS};` +
    ` SELECT set_config('rmh.roots', '{${organisationIds.join(',')}}', true),` +
    ` set_config('rmh.carriers', '{${carrierIds.join(',')}}', true); SET LOCAL ROLE rmh_app`
  );
}

// Serialization failure and deadlock: the same work may well succeed when run again.
const AGAIN = new Set(['40001', '40P01']);
const TRIES = 4;

export async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const worthIt = error instanceof DatabaseError && AGAIN.has(error.sqlState);
      if (!worthIt || tries === TRIES) throw error;
    }
  }
}

const inside = new AsyncLocalStorage<boolean>();

/** On one connection the inner transaction would wait for the outer one, and that for it. */
export function notInside<T>(work: () => Promise<T>): Promise<T> {
  assert(inside.getStore() !== true, 'a transaction inside a transaction');
  return inside.run(true, work);
}

/** For what is begun inside a transaction but lives on after it. */
export function outside<T>(work: () => T): T {
  return inside.run(false, work);
}

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { type Scope, SYSTEM, WHO_ASKS } from './database.ts';
import { openFreshEmbedded } from './testing.ts';

const PERSON: Scope = { kind: 'roots', organisationIds: [1] };

test('People go before machines that came earlier, and machines get their turn', async () => {
  const db = await openFreshEmbedded();
  const order: string[] = [];
  const ask = (name: string, scope: Scope) =>
    db.transaction(scope, async (sql) => {
      await sql.query('SELECT 1');
      order.push(name);
    });
  const machines = Array.from({ length: 3 }, (_, i) => ask(`machine ${i}`, SYSTEM));
  const people = Array.from({ length: 10 }, (_, i) =>
    ask(`person ${i}`, i % 2 === 0 ? PERSON : WHO_ASKS),
  );
  await Promise.all([...machines, ...people]);
  await db.close();
  assert.deepEqual(order, [
    'machine 0', // was at it already
    ...Array.from({ length: 8 }, (_, i) => `person ${i}`),
    'machine 1',
    'person 8',
    'person 9',
    'machine 2',
  ]);
});

test('What fails in its turn is its own failure; the next one has its turn', async () => {
  const db = await openFreshEmbedded();
  const broken = db.transaction(SYSTEM, (sql) => sql.query('SELECT 1 / 0'));
  const sound = db.transaction(PERSON, (sql) => sql.query<{ n: number }>('SELECT 2 AS n'));
  await assert.rejects(broken, /division by zero/);
  assert.deepEqual(await sound, [{ n: 2 }]);
  await db.close();
});

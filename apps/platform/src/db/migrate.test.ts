import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { RmhError } from '@rmh/contract';
import { SYSTEM } from './database.ts';
import { type Migration, migrate, readMigrations } from './migrate.ts';
import { databases } from './testing.ts';

const extra = (text: string): Migration => ({
  number: 9_999,
  name: '9999-extra.sql',
  text,
  sha256: text,
});
const codeOf = (code: string) => (error: unknown) =>
  error instanceof RmhError && error.code === code;

test('Migrations have each number once, in order', () => {
  const numbers = readMigrations().map(({ number }) => number);
  assert.deepEqual(
    numbers,
    [...new Set(numbers)].sort((a, b) => a - b),
  );
  assert.equal(numbers[0], 1);
});

for (const { kind, open } of databases()) {
  test(`A migration runs once, whoever starts, and whole or not at all (${kind})`, async () => {
    const db = await open();
    const known = readMigrations();
    const [once, twice] = [extra('CREATE TABLE extra (n integer)'), extra('broken')];
    await assert.rejects(migrate(db, [...known, extra('CREATE TABLE extra (n integer); oops')]));
    const ran = await Promise.all([migrate(db, [...known, once]), migrate(db, [...known, once])]);
    assert.deepEqual(ran.flat(), ['9999-extra.sql']);
    await assert.rejects(migrate(db, [...known, twice]), codeOf('RMH_DATABASE_ALTERED'));
    await assert.rejects(migrate(db, known), codeOf('RMH_DATABASE_NEWER'));
    await db.transaction(SYSTEM, (sql) => sql.query('SELECT n FROM extra'));
    await db.close();
  });
}

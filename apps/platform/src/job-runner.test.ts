import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { SYSTEM } from './db/database.ts';
import { databases } from './db/testing.ts';
import { Metrics } from './http/metrics.ts';
import { testServices } from './http/testing.ts';
import { holdLease, JobRunner } from './job-runner.ts';

for (const { kind, open } of databases()) {
  test(`A job is one process's until that gives it back or dies (${kind})`, async () => {
    const db = await open();
    assert.equal(await holdLease(db, 'job', 'a'), true);
    assert.equal(await holdLease(db, 'job', 'a'), true, 'renewed');
    const both = await Promise.all(['b', 'c'].map((holder) => holdLease(db, 'job', holder)));
    assert.deepEqual(both, [false, false]);
    await db.transaction(SYSTEM, (sql) =>
      sql.query(`UPDATE job_lease SET until = clock_timestamp() - interval '1 second'`),
    );
    const after = await Promise.all(['b', 'c'].map((holder) => holdLease(db, 'job', holder)));
    assert.equal(after.filter((isHeld) => isHeld).length, 1, 'one of two gets it');
    await db.close();
  });

  test(`A job that fails is told and runs again; the end waits for it (${kind})`, async () => {
    const db = await open();
    const services = testServices(db);
    const runner = new JobRunner(services, new Metrics());
    const ran = Promise.withResolvers<void>();
    let runs = 0;
    const run = async () => {
      if (++runs === 1) throw new Error('the first time');
      await db.transaction(SYSTEM, (sql) => sql.query('SELECT 1'));
      ran.resolve();
    };
    runner.start([{ name: 'test.job', everyMs: 1, run }]);
    await ran.promise;
    await runner.end();
    const [lease] = await db.transaction(SYSTEM, (sql) => sql.query('SELECT FROM job_lease'));
    assert.equal(lease, undefined, 'given back');
    const { lines } = services.log as unknown as { lines: { event: string }[] };
    assert.equal(lines.filter(({ event }) => event === 'job.failed').length, 1);
    await db.close();
  });
}

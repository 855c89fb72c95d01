// Runs the jobs of this process. Each belongs to one process at a time: whoever holds its lease.
// A lease is renewed while the job is kept, and ends by itself 15 s after the death of its holder,
// by the database's clock, so that no two clocks are compared.
import { randomUUID } from 'node:crypto';
import { type Database, SYSTEM } from './db/database.ts';
import { stackOf, whatOf } from './http/fault.ts';
import type { Metrics } from './http/metrics.ts';
import type { Job, Services } from './services.ts';

const LEASE_S = 15;
const RENEW_MS = 5_000;

export class JobRunner {
  readonly #services: Services;
  readonly #metrics: Metrics;
  readonly #holder = randomUUID();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  #hasEnded = false;

  constructor(services: Services, metrics: Metrics) {
    this.#services = services;
    this.#metrics = metrics;
  }

  start(jobs: readonly Job[]): void {
    // Spread over the first period, so that 20 jobs do not begin in the same moment.
    for (const [i, job] of jobs.entries()) {
      this.#later(job, Math.min(job.everyMs, 1_000 + i * 200));
    }
  }

  /** Waits for what runs; leases are given back, so that another process need not wait. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#running);
    await this.#services.db.transaction(SYSTEM, (sql) =>
      sql.query('DELETE FROM job_lease WHERE holder = $1', [this.#holder]),
    );
  }

  #later(job: Job, waitMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const run = this.#run(job).finally(() => this.#running.delete(run));
      this.#running.add(run);
    }, waitMs);
    this.#timers.add(timer);
  }

  async #run(job: Job): Promise<void> {
    const beganMs = performance.now();
    try {
      if (await this.#holds(job)) await this.#kept(job, () => job.run(this.#services));
      this.#metrics.job(job.name, true, (performance.now() - beganMs) / 1_000);
    } catch (error) {
      this.#metrics.job(job.name, false, (performance.now() - beganMs) / 1_000);
      const told = { job: job.name, what: whatOf(error), stack: stackOf(error) };
      this.#services.log.write('job.failed', told);
    }
    const tookMs = performance.now() - beganMs;
    if (!this.#hasEnded) this.#later(job, Math.max(0, job.everyMs - tookMs));
  }

  async #kept(job: Job, work: () => Promise<void>): Promise<void> {
    // A failed renewal is no failure of the work; the next start of the job will tell.
    const renew = setInterval(() => void this.#holds(job).catch(() => false), RENEW_MS);
    try {
      await work();
    } finally {
      clearInterval(renew);
    }
  }

  #holds(job: Job): Promise<boolean> {
    return holdLease(this.#services.db, job.name, this.#holder);
  }
}

/** Takes or renews the lease; false: another process has it. */
export async function holdLease(db: Database, job: string, holder: string): Promise<boolean> {
  const rows = await db.transaction(SYSTEM, (sql) =>
    sql.query(
      `INSERT INTO job_lease AS l (job, holder, until)
       VALUES ($1, $2, clock_timestamp() + make_interval(secs => ${LEASE_S}))
       ON CONFLICT (job) DO UPDATE SET holder = excluded.holder, until = excluded.until
         WHERE l.holder = excluded.holder OR l.until < clock_timestamp()
       RETURNING job`,
      [job, holder],
    ),
  );
  return rows.length > 0;
}

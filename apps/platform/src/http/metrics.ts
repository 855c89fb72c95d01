// What Prometheus asks for at /metrics (text format 0.0.4). Counts and times only: no names of
// vehicles or people, and labels from the route table, so their number is fixed.
import { monitorEventLoopDelay } from 'node:perf_hooks';

// A list page shall take 200 ms at most (p95), a national statistic 1 s.
const BUCKETS_S = [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

interface RouteCounts {
  readonly byStatus: Map<number, number>;
  readonly buckets: number[];
  seconds: number;
  count: number;
}

export class Metrics {
  readonly #routes = new Map<string, RouteCounts>();
  readonly #jobs = new Map<string, { runs: number; failures: number; seconds: number }>();
  readonly #loop = monitorEventLoopDelay({ resolution: 20 });
  streams = 0;

  constructor() {
    this.#loop.enable();
  }

  request(routeId: string, status: number, seconds: number): void {
    let counts = this.#routes.get(routeId);
    if (counts === undefined) {
      counts = { byStatus: new Map(), buckets: BUCKETS_S.map(() => 0), seconds: 0, count: 0 };
      this.#routes.set(routeId, counts);
    }
    counts.byStatus.set(status, (counts.byStatus.get(status) ?? 0) + 1);
    counts.count++;
    counts.seconds += seconds;
    for (const [i, most] of BUCKETS_S.entries()) {
      if (seconds <= most) counts.buckets[i] = (counts.buckets[i] ?? 0) + 1;
    }
  }

  job(name: string, isDone: boolean, seconds: number): void {
    const counts = this.#jobs.get(name) ?? { runs: 0, failures: 0, seconds: 0 };
    counts.runs++;
    counts.seconds += seconds;
    if (!isDone) counts.failures++;
    this.#jobs.set(name, counts);
  }

  text(): string {
    const lines = [
      ...this.#requestLines(),
      ...this.#jobLines(),
      ...single('rmh_streams', 'gauge', this.streams),
      ...single('rmh_event_loop_p99_seconds', 'gauge', this.#loop.percentile(99) / 1e9),
      ...single('process_resident_memory_bytes', 'gauge', process.memoryUsage.rss()),
      ...single('process_cpu_seconds_total', 'counter', cpuSeconds()),
    ];
    this.#loop.reset();
    return `${lines.join('\n')}\n`;
  }

  *#requestLines(): Iterable<string> {
    yield '# TYPE rmh_requests_total counter';
    for (const [route, { byStatus }] of this.#routes) {
      for (const [status, count] of byStatus) {
        yield `rmh_requests_total{route="${route}",status="${status}"} ${count}`;
      }
    }
    yield '# TYPE rmh_request_seconds histogram';
    for (const [route, { buckets, seconds, count }] of this.#routes) {
      for (const [i, most] of BUCKETS_S.entries()) {
        yield `rmh_request_seconds_bucket{route="${route}",le="${most}"} ${buckets[i]}`;
      }
      yield `rmh_request_seconds_bucket{route="${route}",le="+Inf"} ${count}`;
      yield `rmh_request_seconds_sum{route="${route}"} ${seconds}`;
      yield `rmh_request_seconds_count{route="${route}"} ${count}`;
    }
  }

  *#jobLines(): Iterable<string> {
    yield '# TYPE rmh_job_runs_total counter';
    for (const [job, { runs }] of this.#jobs) yield `rmh_job_runs_total{job="${job}"} ${runs}`;
    yield '# TYPE rmh_job_failures_total counter';
    for (const [job, { failures }] of this.#jobs) {
      yield `rmh_job_failures_total{job="${job}"} ${failures}`;
    }
    yield '# TYPE rmh_job_seconds_total counter';
    for (const [job, { seconds }] of this.#jobs) {
      yield `rmh_job_seconds_total{job="${job}"} ${seconds}`;
    }
  }
}

const single = (name: string, type: string, value: number) => [
  `# TYPE ${name} ${type}`,
  `${name} ${value}`,
];

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

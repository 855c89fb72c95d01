// LISTEN on a connection of its own, made anew when it breaks.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

// Doubled from try to try: a server that restarts is back within seconds.
const RETRY_LEAST_MS = 100;
const RETRY_MOST_MS = 5_000;

// What the types leave out.
type EarClient = pg.Client & { ref(): void; unref(): void };

export class PostgresEar {
  readonly #config: pg.ClientConfig;
  readonly #ears = new Map<string, Set<(payload: string) => void>>();
  #client: Promise<EarClient> | null = null;
  #asking = 0;
  #closed = false;

  constructor(config: pg.ClientConfig) {
    this.#config = config;
  }

  async listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>> {
    const ears = this.#ears.get(channel) ?? new Set();
    const isNew = ears.size === 0;
    ears.add(heard);
    this.#ears.set(channel, ears);
    this.#client ??= this.#connect();
    const client = await this.#client;
    if (isNew) await this.#ask(client, channel);
    return async () => {
      ears.delete(heard);
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    const client = await this.#client?.catch(() => null);
    await client?.end().catch(() => {});
  }

  /** Who waits for the answer keeps the process alive, as with any other question. */
  async #ask(client: EarClient, channel: string): Promise<void> {
    this.#asking++;
    client.ref();
    try {
      await client.query(listenText(channel));
    } finally {
      if (--this.#asking === 0) client.unref();
    }
  }

  async #connect(): Promise<EarClient> {
    const client = new pg.Client(this.#config) as EarClient;
    client.on('error', () => {});
    await client.connect();
    client.unref(); // listening alone does not keep a process alive
    client.on('notification', ({ channel, payload }) => this.#tell(channel, payload ?? ''));
    client.once('end', () => {
      if (this.#closed) return;
      this.#client = this.#again();
      // Who listens next waits for it; nobody else has to hear of a failure.
      this.#client.catch(() => {});
    });
    return client;
  }

  async #again(): Promise<EarClient> {
    for (let waitMs = RETRY_LEAST_MS; ; waitMs = Math.min(2 * waitMs, RETRY_MOST_MS)) {
      await sleep(waitMs, undefined, { ref: false });
      if (this.#closed) throw new Error('closed');
      try {
        const client = await this.#connect();
        for (const channel of this.#ears.keys()) await client.query(listenText(channel));
        for (const channel of this.#ears.keys()) this.#tell(channel, '');
        return client;
      } catch {
        // Tried again, for as long as the platform runs.
      }
    }
  }

  #tell(channel: string, payload: string): void {
    for (const heard of this.#ears.get(channel) ?? []) heard(payload);
  }
}

const listenText = (channel: string): string => `LISTEN ${pg.escapeIdentifier(channel)}`;

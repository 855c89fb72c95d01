// What the blows fall on: a real platform, its database server where it has one, the senders.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Organisation, SimulatedMade } from '@rmh/contract/api';
import type { Client } from '@rmh/contract/client';
import { Identity } from '@rmh/contract/daemon';
import type { Account } from './blows-books.ts';
import { type Database, openTables, type PostgresServer, startServer } from './blows-database.ts';
import { readLedger } from './blows-ledger.ts';
import type { Blow } from './blows-schedule.ts';
import { Sender } from './blows-senders.ts';
import { freePort, LivePlatform } from './live-platform.ts';
import { signIn } from './sign-in.ts';

export interface SceneOptions {
  readonly directory: string;
  readonly database: 'pglite' | 'postgres';
  readonly senders: number;
  readonly samplesPerSecond: number;
  readonly seed: number;
}

export interface Member {
  readonly unitId: number;
  readonly sender: Sender;
}

/** Yesterday: 20 h of samples of ten seconds are a run of half an hour at four a second. */
const BEHIND_MS = 72_000_000;
const RESTART_MS_MAX = 60_000;
const ANSWER_MS_MAX = 10_000;

export class Scene {
  readonly members: readonly Member[];
  /** Of the platform's process, from the start of the process to its first answer. */
  readonly startsMs: number[] = [];
  /** The platform ended though nobody had killed it. */
  fell = 0;
  readonly directory: string;
  readonly #platform: LivePlatform;
  readonly #server: PostgresServer | null;
  readonly #databaseUrl: string | undefined;

  private constructor(
    directory: string,
    platform: LivePlatform,
    server: PostgresServer | null,
    databaseUrl: string | undefined,
    members: readonly Member[],
  ) {
    this.directory = directory;
    this.#platform = platform;
    this.#server = server;
    this.#databaseUrl = databaseUrl;
    this.members = members;
  }

  /** A text says why it cannot be set. */
  static async set(options: SceneOptions): Promise<Scene | string> {
    const { directory, database } = options;
    const server = database === 'postgres' ? await startServer() : null;
    if (typeof server === 'string') return server;
    const databaseUrl = await server?.createDatabase('blows');
    const served = databaseUrl === undefined ? {} : { databaseUrl };
    const port = await freePort();
    const platform = await LivePlatform.start({ directory, port, ...served });
    const client = await signIn(await platform.link());
    const members = await makeMembers(client, platform, options);
    return new Scene(directory, platform, server, databaseUrl, members);
  }

  get senders(): readonly Sender[] {
    return this.members.map(({ sender }) => sender);
  }

  async strike({ kind, awayMs, where }: Blow): Promise<void> {
    switch (kind) {
      case 'platform':
        await this.#platform.kill();
        await sleep(awayMs);
        return await this.#startPlatform();
      case 'start':
        await this.#platform.kill();
        await this.#breakStart(where);
        return await this.#startPlatform();
      case 'senders': {
        const one = Math.floor(where * this.senders.length);
        const struck = this.senders.filter((_, i) => i === one || (i * 0.618 + where) % 1 < 0.3);
        await Promise.all(struck.map((sender) => sender.kill()));
        await sleep(awayMs);
        for (const sender of struck) sender.start();
        return;
      }
      case 'all': {
        const all = this.senders.map((sender) => sender.kill());
        await Promise.all([...all, this.#platform.kill(), this.#killServer()]);
        await sleep(awayMs);
        await this.#startServer();
        for (const sender of this.senders) sender.start();
        return await this.#startPlatform();
      }
      case 'server':
        await this.#killServer();
        await sleep(awayMs);
        return await this.#startServer();
      case 'backend': {
        const pids = childrenOf(this.#server?.pid ?? 0);
        const pid = pids[Math.floor(where * pids.length)];
        if (pid !== undefined) killQuietly(pid);
      }
    }
  }

  /** A supervisor would do this; says whether it had to. */
  async raise(): Promise<void> {
    if (await this.#platformAnswers()) return;
    this.fell++;
    await this.#startPlatform();
  }

  async stop(): Promise<void> {
    await Promise.all(this.senders.map((sender) => sender.kill()));
    await this.#platform.stop();
    await this.#server?.stop();
  }

  async stopPlatform(): Promise<void> {
    await this.#platform.stop();
  }

  async startPlatform(): Promise<void> {
    await this.#platform.startAgain();
  }

  /** The tables, while the platform is stopped. */
  async withTables<T>(work: (db: Database) => Promise<T>): Promise<T> {
    const db = await openTables(join(this.directory, 'data'), this.#databaseUrl);
    try {
      return await work(db);
    } finally {
      await db.close();
    }
  }

  accounts(): Account[] {
    return this.members.map(({ unitId, sender }) => {
      return { unitId, ledger: readLedger(sender.order.directory) };
    });
  }

  async #startPlatform(): Promise<void> {
    const began = performance.now();
    await this.#platform.startAgain();
    this.startsMs.push(Math.round(performance.now() - began));
  }

  /** A start that is broken off somewhere between its first and its last moment. */
  async #breakStart(where: number): Promise<void> {
    const usualMs = this.startsMs.at(-1) ?? 4_000;
    const starting = this.#platform.startAgain().catch(() => {});
    await sleep(usualMs * where);
    await this.#platform.kill();
    await starting;
  }

  /** With its processes, in the moment: none of them tidies up. */
  async #killServer(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    const pids = childrenOf(server.pid ?? 0);
    const gone = server.kill();
    for (const pid of pids) killQuietly(pid);
    await gone;
  }

  async #startServer(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    // Refused while the last of its old processes is still there; whoever supervises tries again.
    const endMs = Date.now() + RESTART_MS_MAX;
    for (;;) {
      try {
        return await server.restart();
      } catch (error) {
        if (Date.now() > endMs) throw error;
        await sleep(200);
      }
    }
  }

  /** Any answer: "unavailable" too. */
  async #platformAnswers(): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(ANSWER_MS_MAX);
      await fetch(`${this.#platform.consoleUrl}/healthz`, { signal });
      return true;
    } catch (error) {
      // Slow is not dead.
      return error instanceof DOMException && error.name === 'TimeoutError';
    }
  }
}

async function makeMembers(
  client: Client,
  platform: LivePlatform,
  { directory, senders, samplesPerSecond, seed }: SceneOptions,
): Promise<Member[]> {
  const seeds = Array.from({ length: senders }, () => randomBytes(32));
  const organisationId = await makeTrust(client);
  const vehicles = seeds.map((one, i) => ({
    ...{ organisationId, callSign: `BLOW ${i + 1}`, kind: 'ambulance', serial: `BLOW-${i + 1}` },
    identityKey: new Identity(one).publicKey,
  }));
  const path = '/simulated-vehicles';
  const { body } = await client.call<SimulatedMade>(path, { method: 'POST', body: { vehicles } });
  const { machineUrl: url, fingerprint } = platform;
  return body.units.map(({ unitId }, i) => {
    const own = join(directory, `unit${unitId}`);
    mkdirSync(own, { mode: 0o700 });
    writeFileSync(join(own, 'identity.key'), seeds[i] ?? '', { mode: 0o600 });
    const fromMs = Math.floor((Date.now() - BEHIND_MS) / 10_000) * 10_000 + i * 137;
    const order = { url, fingerprint, fromMs, samplesPerSecond, seed: seed + i, silent: false };
    return { unitId, sender: new Sender({ directory: own, ...order }) };
  });
}

async function makeTrust(client: Client): Promise<number> {
  let parentId: number | null = null;
  for await (const { id, kind } of client.pages<Organisation>('/organisations')) {
    if (kind === 'national') parentId = id;
  }
  for (const [kind, name] of [
    ['rhf', 'Helse Prøve'],
    ['hf', 'Prøvesykehuset'],
  ]) {
    const body = { parentId, kind, name, shortName: name, orgNumber: null };
    const made = await client.call<Organisation>('/organisations', { method: 'POST', body });
    parentId = made.body.id;
  }
  return parentId ?? 0;
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was gone already.
  }
}

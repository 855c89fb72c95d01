// A country for people: the real platform on a real PostgreSQL, its console in a real browser, and
// a user in each role, who signs in by a link of his own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { present } from '@rmh/base';
import type { Carrier, Gateway, Organisation, Role, User } from '@rmh/contract/api';
import type { Client } from '@rmh/contract/client';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type PostgresServer, startServer } from './blows-database.ts';
import { buildConsole } from './country.ts';
import { freePort, LivePlatform } from './live-platform.ts';
import { signIn } from './sign-in.ts';
import { WAIT_MS } from './until.ts';
import { enrol, makeCarriers } from './workshop.ts';

export const COORDINATOR = 'Kari Koordinator';
export const ICT = 'Ida Ikt';
export const AUDITOR = 'Rolf Revisor';
export const OPERATOR = 'Nasjonal operatør';

export class Stage {
  readonly directory: string;
  readonly platform: LivePlatform;
  readonly databaseUrl: string;
  /** The national operator's, for what no page is asked to do here. */
  readonly client: Client;
  readonly trusts: readonly number[];
  readonly #server: PostgresServer;
  readonly #browser: Browser;
  readonly #contexts = new Map<string, BrowserContext>();

  private constructor(parts: Parts) {
    this.directory = parts.directory;
    this.platform = parts.platform;
    this.databaseUrl = parts.databaseUrl;
    this.client = parts.client;
    this.trusts = parts.trusts;
    this.#server = parts.server;
    this.#browser = parts.browser;
  }

  /** `launch` starts the browser, which ends with the stage. */
  static async set(launch: () => Promise<Browser>): Promise<Stage> {
    const server = await startServer();
    if (typeof server === 'string') throw new Error(server);
    const directory = mkdtempSync(join(tmpdir(), 'rmh-roles-'));
    await buildConsole();
    const databaseUrl = await server.createDatabase('roles');
    const port = await freePort();
    const options = { directory, port, databaseUrl, machinesBeside: true };
    const [platform, browser] = await Promise.all([LivePlatform.start(options), launch()]);
    const client = await signIn(await platform.link());
    const trusts = await makeCountry(client);
    await makeGateway(client, join(directory, 'gateway'));
    return new Stage({ directory, platform, databaseUrl, client, trusts, server, browser });
  }

  /** This user's own browser; signed in by a link the first time. */
  async as(user: string): Promise<Page> {
    const known = this.#contexts.get(user);
    if (known !== undefined) return present(known.pages()[0], 'a context has its page');
    const context = await this.#browser.newContext({
      ...{ viewport: { width: 1280, height: 720 }, locale: 'nb-NO', reducedMotion: 'reduce' },
    });
    context.setDefaultTimeout(WAIT_MS);
    const page = await context.newPage();
    this.#contexts.set(user, context);
    await page.goto(await this.platform.link(user));
    await page.locator('main h1').waitFor();
    return page;
  }

  /** The platform goes down, and comes up so much later; everybody signs in anew. */
  async later(aheadMs: number): Promise<void> {
    await Promise.all([...this.#contexts.values()].map((context) => context.close()));
    this.#contexts.clear();
    await this.platform.stop();
    this.platform.turnClock(aheadMs);
    await this.platform.startAgain();
  }

  async end(): Promise<void> {
    await this.#browser.close();
    await this.platform.stop();
    await this.#server.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

interface Parts {
  readonly directory: string;
  readonly platform: LivePlatform;
  readonly databaseUrl: string;
  readonly client: Client;
  readonly trusts: readonly number[];
  readonly server: PostgresServer;
  readonly browser: Browser;
}

/** One region with two trusts, three carriers, and who works there. */
async function makeCountry(client: Client): Promise<number[]> {
  const nation = present(
    (await client.get<{ items: Organisation[] }>('/organisations')).items[0],
    'the first start makes the nation',
  ).id;
  const organisation = async (kind: string, name: string, parentId: number): Promise<number> => {
    const body = { parentId, kind, name, shortName: name, orgNumber: null };
    return (await client.call<Organisation>('/organisations', { method: 'POST', body })).body.id;
  };
  const region = await organisation('rhf', 'Helse Prøve', nation);
  const trusts = [
    await organisation('hf', 'Prøvesykehuset', region),
    await organisation('hf', 'Fjordsykehuset', region),
  ];
  const user = async (name: string, role: Role): Promise<void> => {
    const grants = [{ role, organisationId: region }];
    const body = { organisationId: region, name, email: null, grants, active: true };
    await client.call<User>('/users', { method: 'POST', body });
  };
  await user(ICT, 'ict-operator');
  await user(AUDITOR, 'auditor');
  await makeCarriers(client, CARRIERS);
  return trusts;
}

/** Known to the platform, and nowhere running: a unit that is enrolled is told of one. */
async function makeGateway(client: Client, directory: string): Promise<void> {
  const name = 'gw-prove';
  const allowedIps = ['10.90.0.0/16'];
  const body = { name, site: 'Oslo', endpoint: '192.0.2.1:51820', allowedIps };
  const made = await client.call<Gateway>('/gateways', { method: 'POST', body });
  const path = `/gateways/${made.body.id}/enrolment-tokens`;
  const invited = await client.call<{ token: string }>(path, {
    method: 'POST',
    body: { validHours: 1 },
  });
  await enrol([invited.body.token, '--dir', directory, '--serial', name, '--gateway'], name);
}

const CARRIERS: readonly Omit<Carrier, 'id'>[] = [
  { key: 'telenor', name: 'Telenor', colour: 1 },
  { key: 'telia', name: 'Telia', colour: 2 },
  { key: 'ice', name: 'Ice', colour: 3 },
];

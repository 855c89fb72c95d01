// docs/operations.md, "From bare machines": typed step by step on four machines that are booted for
// it, with real systemd, PostgreSQL and BIRD. Only root can; who cannot says so.
import { strict as assert } from 'node:assert';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { present } from '@rmh/base';
import { Inhabitant, until } from '../interop/ground.ts';
import { onPath } from '../interop/stock.ts';
import { Machine, whyNoMachine } from './machine.ts';
import { packagesOf, type Step, stepsOf } from './steps.ts';
import { HelsenettRouter, layWires, PLATFORM_ADDRESS, type Wires } from './wires.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const STEPS = stepsOf(readFileSync(join(PROJECT, 'docs/operations.md'), 'utf8'));
const NAMES = ['platform', 'oslo', 'trondheim', 'unit'];
const VEHICLE_NET = '10.64.0.24/29';
const OF_PACKAGE: Record<string, string> = {
  nodejs: 'node',
  postgresql: 'pg_ctlcluster',
  bird2: 'bird',
  nftables: 'nft',
};

const missing = packagesOf(STEPS).filter((name) => !onPath(OF_PACKAGE[name] ?? name));
const obstacle =
  whyNoMachine() ?? (missing.length > 0 ? `not installed here: ${missing.join(', ')}` : null);
const skip = obstacle ?? false;

const machines = new Map<string, Machine>();
const directory = mkdtempSync(join(tmpdir(), 'rmh-operations-'));
let wires: Wires;
let router: HelsenettRouter;

before(async () => {
  if (obstacle !== null) return;
  const booted = await Machine.bootAll(NAMES, PROJECT);
  for (const machine of booted) machines.set(machine.name, machine);
  wires = layWires(new Map(booted.map(({ name, netnsFd }) => [name, netnsFd])));
  router = new HelsenettRouter(wires.helsenett, directory);
});

after(async () => {
  await router?.stop();
  await Promise.all([...machines.values()].map((machine) => machine.end()));
  rmSync(directory, { recursive: true, force: true });
});

test('Four bare machines become a running service by the steps of operations.md', {
  skip,
}, async (context) => {
  for (const step of STEPS) {
    if (step.machines.includes('packages')) continue;
    const from = performance.now();
    await carryTokens();
    const said = await typed(step);
    const seconds = ((performance.now() - from) / 1_000).toFixed(1);
    context.diagnostic(`line ${step.line}, ${step.machines.join(' ')}: ${seconds} s`);
    if (step.script.includes('until rmh status')) assert.match(said, /telenor[^]*telia/);
    if (step.script.startsWith('ip route show proto')) await worksEndToEnd(said);
    if (step.script === 'rmh gateway drain') {
      await within('trondheim carries it', () => router.viaOf(VEHICLE_NET) === '10.20.2.10');
      await reachesThePlatform();
    }
  }
});

/** What the document asks a person to do between two steps. */
async function carryTokens(): Promise<void> {
  for (const [name, file] of [
    ['oslo', 'gateway.token'],
    ['trondheim', 'gateway.token'],
    ['unit', 'unit.token'],
  ] as const) {
    const { said, code } = await at('platform').run(`cat /etc/rmh/${name}.token`);
    if (code === 0) await at(name).run(`cat > /etc/rmh/${file} <<< '${said.trim()}'`);
  }
}

async function typed({ machines: named, script, line }: Step): Promise<string> {
  const names = named.includes('every') ? NAMES : named;
  const outcomes = await Promise.all(
    names.map(async (name) => {
      const { code, said } = await at(name).run(script);
      assert.equal(code, 0, `line ${line} of operations.md on ${name}:\n${said.slice(-2000)}`);
      return said;
    }),
  );
  return outcomes.join('\n');
}

const at = (name: string): Machine => present(machines.get(name), `${name} is booted`);

async function worksEndToEnd(routes: string): Promise<void> {
  assert.ok(routes.includes(VEHICLE_NET), `no route to the vehicle at any gateway:\n${routes}`);
  await within('Helsenettet knows the way', () => router.viaOf(VEHICLE_NET) !== null);
  await reachesThePlatform();
  await within('the platform sees both carriers up', async () => {
    const { said } = await at('platform').run(
      `curl -s -H "Authorization: Bearer $(cat /etc/rmh/installation.token)" \
        http://localhost:8080/api/v1/vehicles |
        jq -c '.items[0].live | [.state, .carriers[].state]'`,
    );
    return said.trim() === '["up","up","up"]';
  });
}

/** From the monitor in the car, through the tunnel: its firewall lets nothing else leave. */
async function reachesThePlatform(): Promise<void> {
  const words = ['curl', '-sk', '-m', '2', `https://${PLATFORM_ADDRESS}/healthz`];
  await within('the monitor reaches the platform', async () => {
    const { code } = await new Inhabitant(wires.car, words).ended;
    return code === 0;
  });
}

const within = (what: string, look: () => boolean | Promise<boolean>) => until(what, look, 60_000);

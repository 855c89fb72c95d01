// The long proof of rekeying: both pairs with wireguard-go carry 50 packets a second for five
// minutes, so WireGuard's 120 s pass twice. `node lab/src/interop/rekey.long.ts [SECONDS]`, as
// root or where user namespaces are allowed; prints one JSON line a pair and fails on a loss.
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { createNetns } from '@rmh/netio';
import { sandboxCommand } from '@rmh/netio/testing';
import { startServer, stream } from './conversation.ts';
import { layCables, makeDirectory, until } from './ground.ts';
import { CAR_INNER, type Pair, SITE_INNER, stockToGateway, unitToStock } from './pairs.ts';

const SECONDS = 310;
const HANDSHAKES_MIN = 3;
const MARK = 'RMH_REKEY_INSIDE';

async function prove(name: string, make: typeof stockToGateway, seconds: number) {
  const place = { car: createNetns(), site: createNetns(), directory: makeDirectory() };
  layCables(place.car, place.site, 1);
  const pair = await make({ ...place, directory: place.directory.path }, false);
  const servers = [
    await startServer(place.car, CAR_INNER),
    await startServer(place.site, SITE_INNER),
  ];
  try {
    await stream(place.car, SITE_INNER, 1); // the session and, at a gateway, the route
    const [outward, inward] = await Promise.all([
      stream(place.car, SITE_INNER, seconds),
      stream(place.site, CAR_INNER, seconds),
    ]);
    const { handshakes, drops } = await countsOf(pair);
    const result = { name, seconds, handshakes, outward, inward, drops };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    const lost = outward.sent - outward.returned + inward.sent - inward.returned;
    return lost === 0 && handshakes >= HANDSHAKES_MIN;
  } finally {
    for (const server of servers) await server.stop();
    await pair.daemon.process.stop();
    await pair.stock.stop();
    place.directory.remove();
  }
}

async function countsOf({ daemon }: Pair) {
  const status = await until('the daemon answers', () => daemon.status());
  const { peers = [], drops = {} } = status.dataplane ?? {};
  return { handshakes: peers[0]?.handshakes ?? 0, drops };
}

async function main(argv: readonly string[]): Promise<number> {
  if (process.env[MARK] === undefined) {
    const [command = '', ...before] = sandboxCommand() ?? [];
    const words = [...before, process.execPath, ...process.argv.slice(1)];
    const env = { ...process.env, [MARK]: '1' };
    return spawnSync(command, words, { env, stdio: 'inherit' }).status ?? 1;
  }
  const seconds = Number(argv[0] ?? SECONDS);
  const proofs = await Promise.all([
    prove('wireguard-go as client of our gateway', stockToGateway, seconds),
    prove('our unit as client of wireguard-go', unitToStock, seconds),
  ]);
  return proofs.every(Boolean) ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = await main(process.argv.slice(2));
}

// The unit's own recorder, from the real daemon to the reader of drives; and its history, asked
// by the real command.
import { strict as assert } from 'node:assert';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createNetns } from '@rmh/netio';
import { runInSandbox } from '@rmh/netio/testing';
import { readDrive } from '../drives/read.ts';
import { startServer, stream } from './conversation.ts';
import { Daemon, DaemonFiles, RMH } from './daemon.ts';
import { Inhabitant, inRtnl, layCables, makeDirectory, SITE_ADDRESS, until } from './ground.ts';
import { makeKeys } from './keys.ts';

const PORT = 51820;

if (runInSandbox(import.meta.url, { tun: true })) {
  const directory = makeDirectory();
  after(() => directory.remove());

  test('a unit records its drive, also when killed, and can say what happened', async (context) => {
    const [car, site] = [createNetns(), createNetns()];
    layCables(car, site, 2);
    const { gatewayFiles, unitFiles } = writeFiles();
    const gateway = await Daemon.start(site, gatewayFiles);
    const unit = await Daemon.start(car, unitFiles);
    const server = await startServer(site, '10.200.0.1');
    const units = [unit];
    context.after(async () => {
      for (const each of [...units.map((one) => one.process), server, gateway.process]) {
        await each.stop();
      }
    });
    await carrying(unit, 2);
    await stream(car, '10.200.0.1', 3);

    inRtnl(site, (rtnl) => rtnl.setLink('g1', { up: false }));
    await unit.logged('link.lost');
    await stream(car, '10.200.0.1', 1);
    inRtnl(site, (rtnl) => rtnl.setLink('g1', { up: true }));
    await carrying(unit, 2);
    const { out, err } = await explain(car, unitFiles);
    assert.match(
      out,
      /^One without network for [\d.]+ m?s from \d\d:\d\d:\d\d; moved to Two/m,
      err,
    );

    await unit.process.stop('SIGKILL');
    const drives = join(unitFiles.directory, 'drives');
    const killed = await readDrive(join(drives, rowsIn(drives)));
    assert.deepEqual(killed.carriers, ['one', 'two']);
    assert.ok(killed.toMs - killed.fromMs >= 4000, `${killed.toMs - killed.fromMs} ms`);
    const middleMs = killed.fromMs + 2500;
    assert.equal(killed.sample('two', middleMs).state, 'up');
    const { oneWayUs } = killed.sample('two', middleMs);
    assert.ok(oneWayUs < 45_000 / 2, `${oneWayUs} µs: measured, not assumed`);

    const again = await Daemon.start(car, unitFiles);
    units.push(again);
    await again.logged('record.started');
    await carrying(again, 2);
    const told = await explain(car, unitFiles);
    assert.match(told.out, /The unit did not run from .*: it ended without a word/, told.err);
    await again.process.stop();
    const packed = readdirSync(drives).filter((name) => name.endsWith('Z.csv.gz'));
    assert.equal(packed.length, 2);
    const [first = ''] = packed.sort();
    const read = await readDrive(join(drives, first));
    assert.deepEqual([read.fromMs, read.toMs], [killed.fromMs, killed.toMs]);
    assert.ok(!existsSync(join(drives, first.replace('.gz', ''))));
  });

  function writeFiles() {
    const keys = { unit: makeKeys(), gateway: makeKeys() };
    const gatewayFiles = new DaemonFiles(directory.path, 'gateway', 'gateway', keys.gateway);
    gatewayFiles.write({
      tun: { name: 'rmhg', addresses: ['10.200.0.1/32'] },
      listen: { port: PORT },
      units: [{ name: 'car', publicKey: keys.unit.publicText, allowedIps: ['10.100.0.1/32'] }],
    });
    const unitFiles = new DaemonFiles(directory.path, 'unit', 'unit', keys.unit);
    unitFiles.write({
      tun: { name: 'rmhu', addresses: ['10.100.0.1/32'] },
      gateways: [
        {
          name: 'oslo',
          publicKey: keys.gateway.publicText,
          endpoint: `${SITE_ADDRESS}:${PORT}`,
          allowedIps: ['10.200.0.0/16'],
        },
      ],
      links: [
        { name: 'one', device: 'u1' },
        { name: 'two', device: 'u2' },
      ],
      record: { directory: 'drives' },
    });
    return { gatewayFiles, unitFiles };
  }
}

async function carrying(unit: Daemon, count: number): Promise<void> {
  await until(`${count} paths carry`, async () => {
    const paths = (await unit.status()).dataplane?.peers[0]?.paths ?? [];
    return paths.filter(({ state }) => state === 'carrying').length === count;
  });
}

async function explain(netns: number, files: DaemonFiles) {
  const at = new Date().toISOString();
  const words = [...RMH, 'explain', '--lang', 'en', '--at', at, '--socket', files.socket];
  return await new Inhabitant(netns, words).ended;
}

function rowsIn(directory: string): string {
  return readdirSync(directory).find((name) => name.endsWith('Z.csv')) ?? '';
}

// Our client and Debian's gpsd, which reads a made-up receiver: NMEA 0183 over TCP.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Place } from '@rmh/contract/api';
import { keepLog } from '@rmh/contract/fakes';
import { Gpsd } from './gpsd.ts';

const PROGRAM = ['/usr/sbin/gpsd', '/usr/local/sbin/gpsd', '/usr/bin/gpsd'].find(existsSync);

test('What a receiver says reaches the unit through the real gpsd, and then the lack of it', {
  timeout: 60_000,
}, async (context) => {
  if (PROGRAM === undefined) return missing(context);
  const receiver = { isFixed: true };
  const source = createServer((socket) => {
    const timer = setInterval(() => socket.write(nmea(receiver.isFixed)), 200);
    socket.on('error', () => {});
    socket.on('close', () => clearInterval(timer));
  });
  const sourcePort = await listen(source);
  const probe = createServer();
  const port = await listen(probe);
  await new Promise((resolve) => probe.close(resolve));

  const words = ['-N', '-n', '-S', String(port), `tcp://127.0.0.1:${sourcePort}`];
  const gpsd = spawn(PROGRAM, words, { stdio: 'ignore' });
  const ended = once(gpsd, 'exit');
  let steadyMs = 0;
  const log = keepLog();
  const client = new Gpsd({ host: '127.0.0.1', port }, { log, steadyMs: () => steadyMs });
  const stop = new AbortController();
  const running = client.run(stop.signal);
  try {
    const expected: Place = {
      latitude: 69.64923,
      longitude: 18.95532,
      speedMs: 13.9,
      headingDeg: 271,
    };
    assert.deepEqual(await until(() => client.place()), expected);
    receiver.isFixed = false;
    // gpsd goes on to report each second, without a fix: the place is not renewed.
    await until(() => {
      steadyMs += 1_000;
      return client.place() === null ? 'gone' : null;
    });
    receiver.isFixed = true;
    assert.deepEqual(await until(() => client.place()), expected);
    assert.equal(log.lines.at(-1)?.event, 'gps.heard');
  } finally {
    stop.abort();
    await running;
    gpsd.kill('SIGTERM');
    await ended;
    source.close();
  }
});

function missing(context: TestContext): void {
  const reason = 'gpsd not installed (Debian: gpsd)';
  const isFailure = process.env['CI'] === 'true' || process.env['RMH_SKIP_IS_FAILURE'] === '1';
  if (isFailure) throw new Error(reason);
  context.skip(reason);
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function until<T>(known: () => T | null): Promise<T> {
  for (let i = 0; i < 1_000; i++) {
    const value = known();
    if (value !== null) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return assert.fail('not within 50 s');
}

/** Tromsø at 27 knots towards the west, or no fix, as receivers say it. */
function nmea(isFixed: boolean): string {
  const iso = new Date().toISOString();
  const time = iso.slice(11, 22).replaceAll(':', '');
  const date = `${iso.slice(8, 10)}${iso.slice(5, 7)}${iso.slice(2, 4)}`;
  const at = '6938.9540,N,01857.3194,E';
  const sentences = isFixed
    ? [
        `GPGGA,${time},${at},1,08,0.9,45.1,M,35.2,M,,`,
        'GPGSA,A,3,01,02,03,04,05,06,07,08,,,,,1.7,0.9,1.4',
        `GPRMC,${time},A,${at},027.0,271.4,${date},,,A`,
      ]
    : [
        `GPGGA,${time},,,,,0,00,99.9,,,,,,`,
        'GPGSA,A,1,,,,,,,,,,,,,99.9,99.9,99.9',
        `GPRMC,${time},V,,,,,,,${date},,,N`,
      ];
  return sentences.map((words) => `$${words}*${checksum(words)}\r\n`).join('');
}

function checksum(words: string): string {
  const sum = [...words].reduce((all, one) => all ^ one.charCodeAt(0), 0);
  return sum.toString(16).toUpperCase().padStart(2, '0');
}

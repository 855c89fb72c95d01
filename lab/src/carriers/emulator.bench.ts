// Delay error, rate error and CPU per packet of the emulator, on this machine as it is now.
//   node lab/src/carriers/emulator.bench.ts (RMH_BENCH=small: fewer packets)
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nowUs } from '@rmh/netio';
import { runInSandbox } from '@rmh/netio/testing';
import { CarrierEmulator } from './emulator.ts';
import { SERVER, twoNamespaces, UdpEnd } from './testing.ts';

const TO_SERVER = `${SERVER}:7000`;
const packets = process.env['RMH_BENCH'] === 'small' ? 300 : 3000;

async function withCarrier(mbit: number, delayMs: number, work: (bench: Bench) => number) {
  const { unit, internet } = twoNamespaces();
  const emulator = await CarrierEmulator.start({
    links: [
      {
        name: 'carrier1',
        unitNetns: unit,
        internetNetns: internet,
        interfaceName: 'modem0',
        interfaceAddress: '10.64.1.2/30',
        publicAddresses: ['198.51.100.1'],
        metric: 100,
        source: { mbit, delayMs },
      },
    ],
  });
  const vehicle = new UdpEnd(unit);
  const server = new UdpEnd(internet, 7000);
  assert.ok(work({ emulator, vehicle, server }) > 0, 'packets came through');
  vehicle.close();
  server.close();
  await emulator.stop();
}

interface Bench {
  emulator: CarrierEmulator;
  vehicle: UdpEnd;
  server: UdpEnd;
}

function delayErrors({ vehicle, server }: Bench, delayMs: number): number {
  const errors: number[] = [];
  for (let i = 0; i < packets; i++) {
    const sentUs = nowUs();
    vehicle.send(`${i}`, TO_SERVER);
    const [arrival] = server.receive(1, 1000);
    // 29 bytes and headers at 1 Gbit/s: below 1 µs.
    if (arrival !== undefined) errors.push(arrival.atUs - sentUs - delayMs * 1000);
  }
  errors.sort((a, b) => a - b);
  const at = (share: number) => Math.round(errors[Math.floor(errors.length * share)] ?? 0);
  console.log(
    `delay of ${delayMs} ms: error p50 ${at(0.5)} µs, p90 ${at(0.9)} µs, p99 ${at(0.99)} µs`,
  );
  return errors.length;
}

function rateError({ emulator, vehicle, server }: Bench, mbit: number): number {
  const before = emulator.stats()[0]?.threadCpuUs ?? 0;
  const arrivals = [];
  const startUs = nowUs();
  for (let sent = 0; arrivals.length < packets && nowUs() - startUs < 20e6; ) {
    for (let i = 0; i < 32 && sent < arrivals.length + 300; i++, sent++) {
      vehicle.send(`${sent}`, TO_SERVER, 1372);
    }
    arrivals.push(...server.receive(1, 50));
  }
  const spanUs = (arrivals.at(-1)?.atUs ?? 0) - (arrivals[0]?.atUs ?? 0);
  const rate = ((arrivals.length - 1) * 1400 * 8) / spanUs;
  server.receive(1, 50);
  const cpuUs = (emulator.stats()[0]?.threadCpuUs ?? 0) - before;
  console.log(
    `rate of ${mbit} Mbit/s: ${rate.toFixed(2)} (${((rate / mbit - 1) * 100).toFixed(2)} %), ` +
      `${(cpuUs / arrivals.length).toFixed(1)} µs CPU a packet`,
  );
  return arrivals.length;
}

if (runInSandbox(import.meta.url, { tun: true })) {
  test('the emulator carries packets at every rate', async () => {
    await withCarrier(1000, 5, (bench) => delayErrors(bench, 5));
    for (const mbit of [10, 100, 1000]) {
      await withCarrier(mbit, 1, (bench) => rateError(bench, mbit));
    }
  });
}

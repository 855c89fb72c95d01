// Delay error, rate error and CPU per packet of the emulator, on this machine as it is now.
//   unshare -Urn node lab/src/carriers/emulator.bench.ts [packets]
import { nowUs } from '@rmh/netio';
import { CarrierEmulator } from './emulator.ts';
import { SERVER, twoNamespaces, UdpEnd } from './testing.ts';

const TO_SERVER = `${SERVER}:7000`;
const packets = Number(process.argv[2] ?? 2000);
const { unit, internet } = twoNamespaces();

async function withCarrier(mbit: number, delayMs: number, work: (bench: Bench) => void) {
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
  work({ emulator, vehicle, server });
  vehicle.close();
  server.close();
  await emulator.stop();
}

interface Bench {
  emulator: CarrierEmulator;
  vehicle: UdpEnd;
  server: UdpEnd;
}

function delayErrors({ vehicle, server }: Bench, delayMs: number): void {
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
}

function rateError({ emulator, vehicle, server }: Bench, mbit: number): void {
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
}

await withCarrier(1000, 5, (bench) => delayErrors(bench, 5));
await withCarrier(10, 1, (bench) => rateError(bench, 10));
await withCarrier(100, 1, (bench) => rateError(bench, 100));
await withCarrier(1000, 1, (bench) => rateError(bench, 1000));

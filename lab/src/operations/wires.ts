// The networks of the four machines of docs/operations.md, and what is not ours there: the internet
// and Helsenettet as one router each (BIRD speaks for the latter), and a monitor in the car.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNetns, sysctl } from '@rmh/netio';
import { ask, Inhabitant, inRtnl } from '../interop/ground.ts';

interface End {
  readonly netns: number;
  readonly device: string;
  readonly address: string;
}

export interface Wires {
  readonly internet: number;
  readonly helsenett: number;
  readonly car: number;
}

const MONITOR_ADDRESS = '10.64.0.26';
export const PLATFORM_ADDRESS = '203.0.113.10';

/** Descriptors of the machines' networks by name. */
export function layWires(machines: ReadonlyMap<string, number>): Wires {
  const at = (name: string) => machines.get(name) ?? -1;
  const [internet, helsenett, car] = [createRouter(), createRouter(), createNetns()];
  inRtnl(car, (rtnl) => rtnl.setLink('lo', { up: true }));
  const wire = (one: End, other: End) => layWire(one, other);
  const end = (netns: number, device: string, address: string) => ({ netns, device, address });
  wire(end(internet, 'hn', '203.0.113.1/30'), end(helsenett, 'internet', '203.0.113.2/30'));
  wire(
    end(helsenett, 'platform', '203.0.113.9/30'),
    end(at('platform'), 'eth0', '203.0.113.10/30'),
  );
  for (const [name, lan, wan, number] of [
    ['oslo', '10.20.1', '203.0.113', 16],
    ['trondheim', '10.20.2', '203.0.113', 24],
  ] as const) {
    wire(
      end(internet, name, `${wan}.${number + 1}/30`),
      end(at(name), 'eth0', `${wan}.${number + 2}/30`),
    );
    wire(end(helsenett, name, `${lan}.1/24`), end(at(name), 'hn0', `${lan}.10/24`));
    route(at(name), 'default', `${wan}.${number + 1}`);
    route(at(name), '203.0.113.8/30', `${lan}.1`);
    route(at(name), '10.20.0.0/16', `${lan}.1`);
  }
  for (const [device, net, metric] of [
    ['wwan0', '192.0.2', 100],
    ['wwan1', '198.51.100', 101],
  ] as const) {
    wire(end(internet, device, `${net}.1/24`), end(at('unit'), device, `${net}.2/24`));
    route(at('unit'), 'default', `${net}.1`, metric);
  }
  wire(end(at('unit'), 'lan0', ''), end(car, 'eth0', `${MONITOR_ADDRESS}/29`));
  route(car, 'default', '10.64.0.25');
  route(at('platform'), 'default', '203.0.113.9');
  route(helsenett, 'default', '203.0.113.1');
  route(internet, '203.0.113.8/30', '203.0.113.2');
  return { internet, helsenett, car };
}

function createRouter(): number {
  const netns = createNetns();
  inRtnl(netns, (rtnl) => {
    rtnl.setLink('lo', { up: true });
    sysctl('net/ipv4/ip_forward', 1);
  });
  return netns;
}

function layWire(one: End, other: End): void {
  inRtnl(one.netns, (rtnl) => rtnl.createVeth(one.device, other.device, other.netns));
  for (const { netns, device, address } of [one, other]) {
    inRtnl(netns, (rtnl) => {
      rtnl.setLink(device, { up: true });
      if (address !== '') rtnl.addAddress(device, address);
    });
  }
}

function route(netns: number, to: string, via: string, metric = 0): void {
  inRtnl(netns, (rtnl) => rtnl.addRoute({ to, via, metric }));
}

/** Helsenettet's side of the two BGP sessions. */
export class HelsenettRouter {
  readonly #bird: Inhabitant;
  readonly #netns: number;

  constructor(netns: number, directory: string) {
    const file = join(directory, 'helsenett.conf');
    writeFileSync(file, BIRD);
    this.#netns = netns;
    const socket = join(directory, 'helsenett.sock');
    this.#bird = new Inhabitant(netns, ['bird', '-f', '-c', file, '-s', socket]);
  }

  /** The gateway that it sends the prefix to; null: none. */
  viaOf(prefix: string): string | null {
    return /via (\S+)/.exec(ask(this.#netns, ['ip', 'route', 'show', prefix]))?.[1] ?? null;
  }

  async stop(): Promise<void> {
    await this.#bird.stop();
  }
}

const BIRD = `
router id 203.0.113.9;
protocol device { }
protocol kernel { ipv4 { import none; export all; }; }
protocol bgp oslo {
  local 10.20.1.1 as 65000; neighbor 10.20.1.10 as 65010; connect retry time 2;
  ipv4 { import all; export none; };
}
protocol bgp trondheim {
  local 10.20.2.1 as 65000; neighbor 10.20.2.10 as 65020; connect retry time 2;
  ipv4 { import all; export none; };
}
`;

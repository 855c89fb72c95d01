// A data plane's counters as a test drives them: two carriers, one gateway, five looks a second.
import type { ClassStatus, DataplaneStatus, LinkStatus, PathStatus } from '@rmh/contract';
import { TRAFFIC_CLASSES } from '@rmh/contract';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type FakeLatest = Mutable<NonNullable<PathStatus['latest']>>;
export type FakePath = Mutable<Omit<PathStatus, 'latest'>> & { latest: FakeLatest };

export class FakeCar {
  readonly links: Mutable<LinkStatus>[];
  readonly paths: FakePath[];
  readonly classes: Mutable<ClassStatus>[];
  nowMs: number;

  constructor(names: readonly string[] = ['telenor', 'telia'], nowMs = 1_764_000_000_000) {
    this.nowMs = nowMs;
    this.links = names.map((name, i) => {
      return { name, device: `wwan${i}`, state: 'used', addresses: [`10.9.${i}.2/30`] };
    });
    this.paths = names.map((link, id) => fakePath(link, id));
    this.classes = TRAFFIC_CLASSES.map((name) => {
      const counts = { sent: 0, received: 0, repaired: 0, duplicatesDropped: 0 };
      return { name, ...counts, reordered: 0, late: 0, unsent: 0 };
    });
  }

  path(link: string): FakePath {
    const found = this.paths.find((path) => path.link === link);
    if (found === undefined) throw new Error(`no path on ${link}`);
    return found;
  }

  /** 0.2 s in which a path carried packets both ways. */
  carry(link: string, rttMs: number, packets = 20, bytes = 1000): void {
    const path = this.path(link);
    path.packetsSent += packets;
    path.bytesSent += packets * (bytes + 32);
    path.bytesReceived += packets * bytes;
    path.latest.packetsReceived += packets;
    path.latest.bytesDelivered += packets * (bytes + 32);
    path.latest.rttMs = rttMs;
    path.latest.rttSamples++;
    path.rttMs = rttMs;
  }

  status(): DataplaneStatus {
    // As the worker's message would: what was handed over does not change any more.
    return structuredClone({
      nowUs: this.nowMs * 1000,
      role: 'unit' as const,
      tun: { name: 'rmh0', mtu: 1340 },
      peers: [
        {
          name: 'oslo',
          state: 'established' as const,
          active: true,
          draining: false,
          handshakes: 1,
          lastHandshakeAgeMs: 1000,
          multipath: true,
          paths: this.paths,
          classes: this.classes,
        },
      ],
      gatewaySwitches: 0,
      drops: {},
      cpuUs: 0,
    });
  }
}

function fakePath(link: string, id: number): FakePath {
  return {
    id,
    link,
    remote: '192.0.2.1:1',
    state: 'carrying',
    rttMs: null,
    minRttMs: null,
    lossPct: 0,
    bytesSent: 0,
    bytesReceived: 0,
    bytesDuplicated: 0,
    packetsSent: 0,
    packetsLost: 0,
    suspicions: 0,
    mtu: 0,
    latest: {
      rttMs: 0,
      rttSamples: 0,
      queueMs: 0,
      bytesDelivered: 0,
      packetsReceived: 0,
      oneWayUs: 4_294_960_000,
    },
  };
}

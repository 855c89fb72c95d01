// The two configuration files. docs/configuration.md is written from the descriptions here, and
// a test holds the two together.
import { z } from 'zod';
import {
  ADDRESS,
  CLASS_RULE,
  DEVICE,
  DEVICE_PATTERN,
  ENDPOINT,
  FINGERPRINT,
  FLAG,
  LOG_LEVEL,
  NAME,
  PATH,
  PLATFORM_URL,
  PORT,
  PREFIX,
  PUBLIC_KEY,
  SERVICE_NAME,
  SOCKET_PATH,
} from './fields.ts';
import { TRAFFIC_CLASSES } from './rules.ts';

// One gateway a site; four leave room for a move of sites while both old ones still serve.
const GATEWAYS_MAX = 4;
// A session addresses its paths with four bits (tunnel.md), and no vehicle carries more modems.
const LINKS_MAX = 16;
// Checked for every new flow from the top, so a long list costs each first packet.
const RULES_MAX = 256;
// A car has a handful of networks behind it, a region has hundreds of cars.
const PREFIXES_MAX = 64;
// Routes of a national fleet on one gateway, three times over (about 700 ambulances in Norway).
export const UNITS_MAX = 2048;

const list = <T extends z.ZodType>(item: T, max: number) => z.array(item).max(max);

const allowedIps = list(PREFIX, PREFIXES_MAX).min(1);

const TUN = z
  .strictObject({
    name: DEVICE.default('rmh0').meta({ description: 'Name of the tunnel device.' }),
    // 1280 is the least that IPv6 allows; 1420 is what 1500 leaves under WireGuard over IPv6.
    mtu: z.int().min(1280).max(1420).default(1340).meta({
      description: 'Largest packet inside the tunnel, in bytes.',
      expected: 'a number from 1280 to 1420',
    }),
    addresses: list(PREFIX, 16).min(1).meta({
      description: 'Addresses of this end inside the tunnel, with prefix length.',
      expected: 'a list of 1 to 16 prefixes',
    }),
  })
  .meta({ description: 'The tunnel device.', expected: 'the fields of tun' });

const LOG = z
  .strictObject({
    level: LOG_LEVEL.default('info').meta({ description: 'Least severe level that is logged.' }),
  })
  .prefault({})
  .meta({ description: 'Logging (JSON lines on standard output).', expected: 'the fields of log' });

const PSK_FILE = PATH.exactOptional().meta({
  description: 'File with the preshared key of this pair (rmh keygen --psk), mode 0600.',
});

const MULTIPATH = FLAG.default(true).meta({
  description: 'Use all paths; false treats the other end as a stock WireGuard peer.',
});

const POLICY_FILE = PATH.exactOptional().meta({
  description: 'File with the policy (docs/policy.md). Default: the national baseline.',
});

// 2 MB an hour as it is written for three carriers, 0.4 MB packed: 200 MB are 500 hours of
// driving. Less than 8 MB could not hold the hour that is being written for 8 carriers.
const RECORD = z
  .strictObject({
    directory: PATH.meta({ description: 'Directory for the drives; only this unit writes there.' }),
    mostMb: z.int().min(8).max(100_000).default(200).meta({
      description: 'Room for all of them, in MB; the oldest are deleted.',
      expected: 'a number from 8 to 100000',
    }),
  })
  .exactOptional()
  .meta({
    description: 'Record what the carriers are like (docs/drives.md). Default: nothing.',
    expected: 'the fields of record',
  });

const PLATFORM = z
  .strictObject({
    url: PLATFORM_URL.meta({ description: 'Address of the platform, as its token named it.' }),
    fingerprint: FINGERPRINT.exactOptional().meta({
      description: "SHA-256 of the platform's certificate. Default: whom the system trusts.",
    }),
    identityKeyFile: PATH.meta({
      description: 'File with the identity key (rmh enrol makes it), mode 0600.',
    }),
  })
  .exactOptional()
  .meta({
    description: 'The platform that this machine belongs to. Default: none.',
    expected: 'the fields of platform',
  });

// What one page of large type holds on the smallest screen in a vehicle.
const SERVICES_MAX = 6;

const PAGE = z
  .strictObject({
    address: ADDRESS.exactOptional().meta({
      description: 'Where it is served. Default: the first address of lan.',
    }),
    port: PORT.default(80).meta({ description: 'TCP port.' }),
    services: list(
      z
        .strictObject({
          name: SERVICE_NAME.meta({ description: 'What the crew calls it, such as EKG.' }),
          class: z.enum(TRAFFIC_CLASSES).meta({
            description: 'The traffic class that carries it.',
            expected: TRAFFIC_CLASSES.join(', ').replace(/, (?=\w+$)/, ' or '),
          }),
        })
        .meta({ expected: 'name and class of a service' }),
      SERVICES_MAX,
    )
      .min(1)
      .default([
        { name: 'EKG', class: 'critical' },
        { name: 'Oppdrag', class: 'interactive' },
        { name: 'Journal', class: 'bulk' },
        { name: 'Video', class: 'realtime' },
      ])
      .meta({
        description: 'The services that the page shows, from the top.',
        expected: `a list of 1 to ${SERVICES_MAX} services`,
      }),
  })
  .exactOptional()
  .meta({
    description: "The crew's page (docs/unit-page.md). Default: none.",
    expected: 'the fields of page',
  });

const GPS = z
  .strictObject({
    host: ADDRESS.default('127.0.0.1').meta({ description: 'Address of gpsd.' }),
    port: PORT.default(2947).meta({ description: 'TCP port of gpsd.' }),
  })
  .exactOptional()
  .meta({
    description: 'The gpsd that tells where the vehicle is; the platform is told. Default: none.',
    expected: 'the fields of gps',
  });

const CLASSES = list(CLASS_RULE, RULES_MAX)
  .default([])
  .meta({
    description: 'Rules that class packets; the first that matches decides, before DSCP defaults.',
    expected: `a list of at most ${RULES_MAX} rules`,
  });

const GATEWAY_PEER = z
  .strictObject({
    name: NAME.meta({ description: 'Name of the gateway in logs and status.' }),
    publicKey: PUBLIC_KEY.meta({ description: 'Public key of the gateway.' }),
    presharedKeyFile: PSK_FILE,
    endpoint: ENDPOINT.meta({ description: 'Address and UDP port of the gateway.' }),
    allowedIps: allowedIps.meta({
      description: 'Prefixes that are reached through the gateway.',
      expected: `a list of 1 to ${PREFIXES_MAX} prefixes`,
    }),
    multipath: MULTIPATH,
  })
  .meta({ expected: 'the fields of a gateway' });

const LINK_LIST = list(
  z
    .strictObject({
      name: NAME.meta({ description: 'Name of the link, such as its operator.' }),
      device: DEVICE.meta({ description: 'Network device of the link.' }),
    })
    .meta({ expected: 'name and device of a link' }),
  LINKS_MAX,
).min(1);

const LINK_PATTERNS = z.strictObject({
  auto: z.literal(true).meta({
    description: 'Use every device whose name matches a pattern.',
    expected: 'true (or a list of links instead)',
  }),
  patterns: list(DEVICE_PATTERN, LINKS_MAX)
    .min(1)
    .default(['wwan*'])
    .meta({
      description: 'Patterns of device names; * stands for anything.',
      expected: `a list of 1 to ${LINKS_MAX} patterns`,
    }),
});

export const UNIT_CONFIG = z
  .strictObject({
    name: NAME.meta({ description: 'Name of the unit in logs and status.' }),
    privateKeyFile: PATH.meta({
      description: 'File with the private key (rmh keygen --out), mode 0600.',
    }),
    stateDirectory: PATH.default('/var/lib/rmh-unit').meta({
      description:
        'For what must outlive a restart: the floor of the handshake clock, the history.',
    }),
    statusSocket: SOCKET_PATH.default('/run/rmh-unit/status.sock').meta({
      description: 'Unix socket that rmh status asks.',
    }),
    tun: TUN,
    lan: z
      .strictObject({
        device: DEVICE.meta({ description: 'Network device that the systems in the car use.' }),
        addresses: list(PREFIX, 16).default([]).meta({
          description: 'Addresses to set on it (and remove at the end), with prefix length.',
          expected: 'a list of at most 16 prefixes',
        }),
        forward: FLAG.default(true).meta({
          description: 'Switch on forwarding between the car and the tunnel.',
        }),
      })
      .exactOptional()
      .meta({ description: 'The network in the car.', expected: 'the fields of lan' }),
    gateways: list(GATEWAY_PEER, GATEWAYS_MAX)
      .min(1)
      .meta({
        description: 'Gateways in order of preference.',
        expected: `a list of 1 to ${GATEWAYS_MAX} gateways`,
      }),
    links: z.union([LINK_LIST, LINK_PATTERNS]).meta({
      description: 'The carriers: a list of links, or patterns of device names.',
      expected: `a list of 1 to ${LINKS_MAX} links, or "auto: true" with patterns`,
    }),
    classes: CLASSES,
    policy: POLICY_FILE,
    routes: list(PREFIX, GATEWAYS_MAX * PREFIXES_MAX)
      .exactOptional()
      .meta({
        description: 'Prefixes routed into the tunnel. Default: allowedIps of all gateways.',
        expected: 'a list of prefixes',
      }),
    record: RECORD,
    platform: PLATFORM,
    page: PAGE,
    gps: GPS,
    log: LOG,
  })
  .meta({ expected: 'the fields of unit.yaml' });

export const UNIT_ENTRY = z
  .strictObject({
    name: NAME.meta({ description: 'Name of the unit in logs and status.' }),
    publicKey: PUBLIC_KEY.meta({ description: 'Public key of the unit.' }),
    presharedKeyFile: PSK_FILE,
    allowedIps: allowedIps.meta({
      description: 'Prefixes of the unit; routed into the tunnel while it is active here.',
      expected: `a list of 1 to ${PREFIXES_MAX} prefixes`,
    }),
    multipath: MULTIPATH,
  })
  .meta({ expected: 'the fields of a unit' });

export const GATEWAY_CONFIG = z
  .strictObject({
    name: NAME.meta({ description: 'Name of the gateway in logs and status.' }),
    privateKeyFile: PATH.meta({
      description: 'File with the private key (rmh keygen --out), mode 0600.',
    }),
    listen: z
      .strictObject({
        address: ADDRESS.exactOptional().meta({
          description: 'Local address. Default: every address of the machine.',
        }),
        port: PORT.default(51820).meta({ description: 'UDP port.' }),
      })
      .prefault({})
      .meta({ description: 'Where units reach the gateway.', expected: 'the fields of listen' }),
    stateDirectory: PATH.default('/var/lib/rmh-gateway').meta({
      description: 'For what must outlive a restart: what the platform said, what it was not told.',
    }),
    statusSocket: SOCKET_PATH.default('/run/rmh-gateway/status.sock').meta({
      description: 'Unix socket that rmh status asks.',
    }),
    tun: TUN,
    units: list(UNIT_ENTRY, UNITS_MAX)
      .default([])
      .meta({
        description: 'The units that may connect.',
        expected: `a list of at most ${UNITS_MAX} units`,
      }),
    unitsDirectory: PATH.exactOptional().meta({
      description: 'Directory of *.yaml files, one unit a file with the fields of units[].',
    }),
    classes: CLASSES,
    policy: POLICY_FILE,
    platform: PLATFORM,
    log: LOG,
  })
  .meta({ expected: 'the fields of gateway.yaml' });

export type UnitConfig = z.output<typeof UNIT_CONFIG>;
export type GatewayConfig = z.output<typeof GATEWAY_CONFIG>;
export type UnitEntry = z.output<typeof UNIT_ENTRY>;
export type GatewayPeer = z.output<typeof GATEWAY_PEER>;
export type LinksConfig = UnitConfig['links'];

// The leaves of the configuration. Each says in `meta` what it is (`description`, the text of
// docs/configuration.md) and what a right value looks like (`expected`, the end of an error).
// `secret`: the value is never shown in an error, not even a wrong one.
import { parseEndpoint, parseIp, parsePrefix } from '@rmh/base';
import { z } from 'zod';
import { TRAFFIC_CLASSES } from './rules.ts';

export const NAME = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/)
  .meta({ expected: 'a name of 1 to 63 letters, digits, ".", "_" or "-"' });

// IFNAMSIZ is 16 with its closing zero; the kernel refuses "/", ":" and blanks.
const DEVICE_FORM = /^(?!\.{1,2}$)[^\s/:*?]{1,15}$/;

export const DEVICE = z
  .string()
  .regex(DEVICE_FORM)
  .meta({ expected: 'a network device of at most 15 characters, such as wwan0' });

export const DEVICE_PATTERN = z
  .string()
  .regex(/^[^\s/:]{1,15}$/)
  .meta({ expected: 'a device name in which * stands for anything, such as wwan*' });

export const PATH = z.string().min(1).max(4096).meta({ expected: 'a file path' });

// sockaddr_un.sun_path is 108 bytes with its closing zero.
export const SOCKET_PATH = z
  .string()
  .min(1)
  .max(107)
  .meta({ expected: 'a path of at most 107 characters' });

export const PREFIX = z
  .string()
  .refine((text) => parsePrefix(text) !== null)
  .meta({ expected: 'a prefix such as 10.20.0.0/24 or fd00:20::/64' });

export const ENDPOINT = z
  .string()
  .refine((text) => parseEndpoint(text) !== null)
  .meta({
    expected: 'an address and port such as 192.0.2.1:51820 or [2001:db8::1]:51820 (no DNS names)',
  });

export const ADDRESS = z
  .string()
  .refine((text) => parseIp(text) !== null)
  .meta({ expected: 'an IP address such as 192.0.2.1 or 2001:db8::1' });

// Without TLS nobody but this machine listens.
export const PLATFORM_URL = z
  .string()
  .max(300)
  .regex(/^(https:\/\/|http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:|\/|$))[^\s]*$/)
  .meta({ expected: 'an https address such as https://platform.example:8443' });

export const FINGERPRINT = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ expected: 'a SHA-256 in 64 hex digits, such as rmh enrol writes' });

export const SERVICE_NAME = z
  .string()
  .trim()
  .regex(/^\P{Cc}{1,20}$/u)
  .meta({ expected: 'a name of at most 20 characters' });

export const PORT = z.int().min(1).max(65535).meta({ expected: 'a port from 1 to 65535' });

// 32 bytes are 43 base64 digits and one "="; the last digit holds 4 bits, so only 16 occur.
export const KEY_FORM = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

export const PUBLIC_KEY = z
  .string()
  .regex(KEY_FORM)
  .meta({ expected: 'a public key: 44 characters of base64, as rmh keygen prints', secret: true });

export const LOG_LEVEL = z
  .enum(['debug', 'info', 'warn', 'error'])
  .meta({ expected: 'debug, info, warn or error' });

export const FLAG = z.boolean().meta({ expected: 'true or false' });

const PROTOCOLS: Record<string, number> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 };

const PROTOCOL = z
  .union([z.int().min(0).max(255), z.enum(['icmp', 'tcp', 'udp', 'icmpv6', 'sctp'])])
  .transform((value) => (typeof value === 'number' ? value : (PROTOCOLS[value] ?? 0)))
  .meta({ expected: 'tcp, udp, icmp, icmpv6, sctp or a number from 0 to 255' });

const PORTS = z
  .union([
    z.int().min(0).max(65535),
    z
      .tuple([z.int().min(0).max(65535), z.int().min(0).max(65535)])
      .refine(([from, to]) => from <= to),
  ])
  .transform((value): [number, number] => (typeof value === 'number' ? [value, value] : value))
  .meta({ expected: 'a port such as 443, or [from, to] such as [5000, 5100]' });

export const CLASS_RULE = z
  .strictObject({
    class: z.enum(TRAFFIC_CLASSES).meta({
      description: 'The class of a packet that matches every other field of the rule.',
      expected: TRAFFIC_CLASSES.join(', ').replace(/, (?=\w+$)/, ' or '),
    }),
    dscp: z.int().min(0).max(63).exactOptional().meta({
      description: 'Differentiated services code point.',
      expected: 'a number from 0 to 63',
    }),
    protocol: PROTOCOL.exactOptional().meta({
      description: 'IP protocol, by name or number.',
    }),
    sourcePrefix: PREFIX.exactOptional().meta({ description: 'Source address within.' }),
    destinationPrefix: PREFIX.exactOptional().meta({ description: 'Destination address within.' }),
    sourcePort: PORTS.exactOptional().meta({ description: 'Source port or range (TCP, UDP).' }),
    destinationPort: PORTS.exactOptional().meta({
      description: 'Destination port or range (TCP, UDP).',
    }),
  })
  .meta({ expected: 'a rule: class and what a packet must match' });

// platform.yaml. docs/platform.md is written from the descriptions here; a test compares.
import { z } from 'zod';
import { NOTIFY_SETTINGS } from './alarms/notify/settings.ts';
import { described as meta } from './settings-meta.ts';

const PATH = z.string().min(1).max(4_096);
const PORT = z.int().min(1).max(65_535);
const ADDRESS = z.union([z.ipv4(), z.ipv6()]);

const HTTP = z
  .strictObject({
    address: ADDRESS.default('127.0.0.1').meta(
      meta('Address to listen on. Plain HTTP: loopback, or behind a proxy.', 'an IP address'),
    ),
    port: PORT.default(8_080).meta(meta('Port of plain HTTP.', 'a port')),
  })
  .nullable()
  .prefault({})
  .meta(
    meta('Plain HTTP, for people on this machine or a proxy. null: none.', 'the fields of http'),
  );

const HTTPS = z
  .strictObject({
    address: ADDRESS.default('0.0.0.0').meta(meta('Address to listen on.', 'an IP address')),
    port: PORT.default(8_443).meta(meta('Port of HTTPS (TLS 1.3).', 'a port')),
    certificateFile: PATH.exactOptional().meta(
      meta('Certificate chain, PEM. Default: one made at the first start.', 'a file path'),
    ),
    keyFile: PATH.exactOptional().meta(meta('Its private key, PEM.', 'a file path')),
  })
  .nullable()
  .prefault({})
  .meta(meta('HTTPS, for units, gateways and people. null: none.', 'the fields of https'));

export const OIDC_SETTINGS = z.strictObject({
  issuer: z.url({ protocol: /^https?$/ }).meta(meta('Address of the sign-in service.', 'a URL')),
  clientId: z.string().min(1).max(200).meta(meta('Our name there.', 'a client id')),
  keyFile: PATH.meta(meta('Private key (JWK) that proves who we are there.', 'a file path')),
  scope: z.string().max(500).default('openid profile').meta(meta('What we ask for.', 'scopes')),
  subjectClaim: z
    .string()
    .max(100)
    .default('sub')
    .meta(meta('The claim that names a person; users are known by it.', 'a name of a claim')),
});
export type OidcSettings = z.infer<typeof OIDC_SETTINGS>;

const SESSION = z
  .strictObject({
    idleMinutes: z
      .int()
      .min(5)
      .max(1_440)
      .default(60)
      .meta(meta('A session ends after so long without a request.', '5 to 1440')),
    mostHours: z
      .int()
      .min(1)
      .max(168)
      .default(12)
      .meta(meta('It ends after so long whatever happens: a shift.', '1 to 168')),
  })
  .prefault({})
  .meta(meta('How long people stay signed in.', 'the fields of session'));
export type SessionSettings = z.infer<typeof SESSION>;

export const PLATFORM_SETTINGS = z.strictObject({
  databaseUrl: z
    .string()
    .regex(/^postgres(ql)?:\/\//)
    .exactOptional()
    .meta({
      ...meta('PostgreSQL 15 or newer. Default: the embedded database.', 'postgres://…'),
      secret: true,
    }),
  databaseUrlFile: PATH.exactOptional().meta(
    meta('File that holds databaseUrl, mode 0600: it may hold a password.', 'a file path'),
  ),
  dataDirectory: PATH.default('/var/lib/rmh-platform').meta(
    meta('Embedded database, secrets, certificate, control socket.', 'a directory'),
  ),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .default('http://localhost:8080')
    .meta(meta('Address of the console as people reach it.', 'a URL')),
  machineUrl: z
    .url({ protocol: /^https?$/ })
    .exactOptional()
    .meta(meta('Address for units and gateways. Default: publicUrl.', 'a URL')),
  http: HTTP,
  https: HTTPS,
  trustedProxies: z
    .array(z.union([ADDRESS, z.cidrv4(), z.cidrv6()]))
    .max(16)
    .default([])
    .meta(meta('Proxies whose X-Forwarded-For is believed.', 'addresses or prefixes')),
  oidc: OIDC_SETTINGS.nullable()
    .default(null)
    .meta(meta('Sign-in by OpenID Connect. null: by one-time link only.', 'the fields of oidc')),
  session: SESSION,
  notify: NOTIFY_SETTINGS.prefault({}).meta(
    meta('Mail server and where webhooks may go (docs/alarms.md).', 'the fields of notify'),
  ),
  simulation: z
    .boolean()
    .default(false)
    .meta(meta('Take in made-up vehicles. Never in the national service.', 'true or false')),
  logLevel: z
    .enum(['debug', 'info', 'warn', 'error'])
    .default('info')
    .meta(meta('Least severe level that is logged.', 'debug, info, warn or error')),
});
export type PlatformSettings = z.infer<typeof PLATFORM_SETTINGS>;

/** Everything by default, in memory: for tests. */
export const TEST_SETTINGS: PlatformSettings = PLATFORM_SETTINGS.parse({});

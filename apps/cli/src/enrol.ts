// `rmh enrol`: a bare machine becomes a unit or a gateway of the platform.
//
//   keys (made here, once) → proof → who we are → our gateways → key files → configuration → check
//
// Each step finds what an earlier run has done, so the command can be run again after anything.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { encodeKey, publicKeyOf } from '@rmh/aead';
import { RmhError } from '@rmh/contract';
import { type EnrolmentToken, parseEnrolmentToken } from '@rmh/contract/api';
import { Identity, parseOptions } from '@rmh/contract/daemon';
import { askForGateways, askToEnrol, openTalk } from './enrol-ask.ts';
import { gatewayFields, type Machine, unitFields, writeConfiguration } from './enrol-files.ts';
import { keptKey, serialOfMachine, writePresharedKeys } from './enrol-keys.ts';

const USAGE = `Usage: rmh enrol TOKEN --dir DIR [--gateway] [--serial TEXT]

Makes this machine known to the platform that gave the TOKEN, and writes in DIR what it then runs
on: keys (mode 0600) and unit.yaml or gateway.yaml. A file that is there keeps what it says of
links, lan, sockets and the like. Run it again after a failure: it goes on where it stopped.
  --dir DIR      where keys and configuration go, such as /etc/rmh
  --gateway      this machine is a gateway
  --serial TEXT  serial number that the token was made for; default: what the hardware says
`;

export async function run(argv: string[]): Promise<number> {
  try {
    return await perform(argv);
  } catch (error) {
    if (!(error instanceof RmhError)) throw error;
    process.stderr.write(`${error.describe()}\n`);
    return error.heals ? 1 : 2;
  }
}

async function perform(argv: string[]): Promise<number> {
  const { values, words } = parseOptions(
    argv,
    {
      dir: { type: 'string' },
      serial: { type: 'string' },
      gateway: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
    1,
  );
  if (values['help'] === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const [text] = words;
  const { dir, serial } = values;
  if (text === undefined || typeof dir !== 'string') {
    throw new RmhError('RMH_USAGE', 'usage: rmh enrol TOKEN --dir DIR');
  }
  const token = parseEnrolmentToken(text);
  if (token === null) throw new RmhError('RMH_TOKEN_INVALID', 'the token has not the form rmh1:…');
  const directory = resolve(dir);
  const machine = values['gateway'] === true ? 'gateway' : 'unit';
  const named = typeof serial === 'string' ? serial : serialOfMachine();
  return await enrol(token, directory, machine, named);
}

async function enrol(
  token: EnrolmentToken,
  directory: string,
  kind: Machine['kind'],
  serial: string,
): Promise<number> {
  mkdirSync(directory, { recursive: true, mode: 0o750 });
  const identityFile = 'identity.key';
  const tunnelFile = `${kind}.key`;
  const identity = new Identity(keptKey(resolve(directory, identityFile), 'identity'));
  const tunnelKey = encodeKey(publicKeyOf(keptKey(resolve(directory, tunnelFile), 'tunnel')));
  const talk = openTalk(token, identity);
  const enrolled = await askToEnrol(talk, { secret: token.secret, serial, tunnelKey });
  if (enrolled.kind !== kind) {
    const wanted = enrolled.kind === 'gateway' ? 'add --gateway' : 'leave --gateway out';
    throw new RmhError('RMH_USAGE', `the token is that of a ${enrolled.kind}: ${wanted}`);
  }
  const machine: Machine = { kind, directory, tunnelFile, identityFile, token, enrolled };
  const fields = kind === 'gateway' ? gatewayFields(machine) : await unitFieldsOf(machine, talk);
  const file = writeConfiguration(machine, fields);
  process.stderr.write(`enrolled as ${enrolled.name}\n`);
  // The daemon's own check: what it will run on, it must accept.
  const daemon = kind === 'gateway' ? await import('@rmh/gateway') : await import('@rmh/unit');
  const check = ['--config', file, '--check'];
  return await ('runGateway' in daemon ? daemon.runGateway(check) : daemon.runUnit(check));
}

async function unitFieldsOf(machine: Machine, talk: ReturnType<typeof openTalk>) {
  const tunnel = await askForGateways(talk);
  if (tunnel.gateways.length === 0) {
    throw new RmhError('RMH_ENROL_WAITS', 'the platform has no gateway for this unit yet');
  }
  writePresharedKeys(machine.directory, tunnel);
  return unitFields(machine, tunnel);
}

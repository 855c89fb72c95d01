// `rmh keygen`: a private key into a file that only its owner may read, the public key to
// standard output. The private key itself is never printed where a terminal shows it.
import { closeSync, constants, fchmodSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { encodeKey, generatePrivateKey, publicKeyOf, randomBytes } from '@rmh/aead';
import { errnoOf, lineOf, RmhError } from '@rmh/contract';
import { KEY_BYTES, parseOptions, readKeyFile } from '@rmh/contract/daemon';

const USAGE = `Usage: rmh keygen [--out FILE] [--force]
       rmh keygen --psk [--out FILE] [--force]
       rmh keygen --public FILE

Makes a private key in FILE (mode 0600) and prints its public key.
  --out FILE     where the secret goes; without it, the secret is printed alone, for a pipe
  --psk          make a preshared key instead: copy it to both ends
  --public FILE  print the public key of a private key file
  --force        replace FILE; the old key is lost
`;

export async function run(argv: string[]): Promise<number> {
  try {
    perform(argv);
    return 0;
  } catch (error) {
    if (!(error instanceof RmhError)) throw error;
    process.stderr.write(`${error.describe()}\n`);
    return 2;
  }
}

function perform(argv: string[]): void {
  const { values } = parseOptions(argv, {
    out: { type: 'string' },
    psk: { type: 'boolean' },
    public: { type: 'string' },
    force: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values['help'] === true) process.stdout.write(USAGE);
  else if (typeof values['public'] === 'string') printPublic(values['public']);
  else make(values['psk'] === true, values['out'], values['force'] === true);
}

function make(isPreshared: boolean, out: string | boolean | undefined, force: boolean): void {
  const key = isPreshared ? randomBytes(KEY_BYTES) : generatePrivateKey();
  if (typeof out !== 'string') {
    if (process.stdout.isTTY) {
      const message = 'a secret is not printed on a terminal';
      throw new RmhError('RMH_USAGE', message, { hint: 'name a file with --out FILE' });
    }
    process.stdout.write(`${encodeKey(key)}\n`);
    return;
  }
  writeSecret(out, `${encodeKey(key)}\n`, force);
  const made = isPreshared ? `preshared key in ${out}` : `private key in ${out}; its public key:`;
  process.stderr.write(`${made}\n`);
  if (!isPreshared) process.stdout.write(`${encodeKey(publicKeyOf(key))}\n`);
  key.fill(0);
}

function printPublic(file: string): void {
  const verdict = readKeyFile(file);
  if (verdict.kind === 'fault') {
    const { code, wrong, expected } = verdict;
    throw new RmhError(code, `--public ${wrong}; expected ${expected}`);
  }
  process.stdout.write(`${encodeKey(publicKeyOf(verdict.key))}\n`);
}

// O_EXCL: never over a file, nor through a symbolic link, that is there already.
function writeSecret(file: string, text: string, force: boolean): void {
  const { O_CREAT, O_EXCL, O_WRONLY } = constants;
  try {
    if (force) rmSync(file, { force: true });
    const fd = openSync(file, O_CREAT | O_EXCL | O_WRONLY, 0o600);
    try {
      fchmodSync(fd, 0o600); // whatever the umask took or left
      writeSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') {
      throw new RmhError('RMH_KEY_EXISTS', `${file} exists already`, { cause: error });
    }
    const hint = 'check the directory and its permissions';
    const message = `cannot write ${file}: ${lineOf(error)}`;
    throw new RmhError('RMH_KEY_UNREADABLE', message, { hint, cause: error });
  }
}

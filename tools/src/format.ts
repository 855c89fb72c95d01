// rmh format [PATH...]: write the format that `rmh check` asks for.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './checkout.ts';

const BIOME = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');

export async function run(argv: string[]): Promise<number> {
  if (argv[0] === '--help' || argv[0] === '-h') {
    process.stdout.write('rmh format [PATH...]: write the format that rmh check asks for\n');
    return 0;
  }
  // Paths are the caller's, so the caller's directory stays the working directory.
  const paths = argv.length === 0 ? [ROOT] : argv;
  const args = [BIOME, 'check', '--write', `--config-path=${ROOT}`, ...paths];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  return status ?? 1;
}

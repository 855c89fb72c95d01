// ./rmh bench tunnel | bond | paced: figures with what stood beside them (docs/benchmarks.md).
import { benchBond } from './bench/bond.ts';
import { bondOptions, pacedOptions, tunnelOptions, USAGE } from './bench/options.ts';
import { benchPaced } from './bench/paced.ts';
import { benchTunnel } from './bench/tunnel.ts';

export async function run(argv: string[]): Promise<number> {
  if (argv.length === 0 || argv.includes('--help')) {
    process.stdout.write(USAGE);
    return argv.length === 0 ? 2 : 0;
  }
  const [which = '', ...words] = argv;
  switch (which) {
    case 'tunnel':
      return start(tunnelOptions(words), benchTunnel);
    case 'bond':
      return start(bondOptions(words), benchBond);
    case 'paced':
      return start(pacedOptions(words), benchPaced);
    default:
      return start('say what: tunnel, bond or paced', async () => 2);
  }
}

/** A text says what is wrong with the options. */
async function start<Options extends object>(
  options: Options | string,
  bench: (options: Options) => Promise<number>,
): Promise<number> {
  if (typeof options !== 'string') return bench(options);
  process.stderr.write(`rmh: bench: ${options}\n${USAGE}`);
  return 2;
}

// ./rmh bench tunnel | bond | paced | fair | platform | blows: figures, and what stood beside them
// (docs/benchmarks.md).
import { benchBond } from './bench/bond.ts';
import { benchFair } from './bench/fair.ts';
import { bondOptions, fairOptions, pacedOptions, tunnelOptions, USAGE } from './bench/options.ts';
import { benchPaced } from './bench/paced.ts';
import { benchPlatform } from './bench/platform.ts';
import { PLATFORM_USAGE, platformOptions } from './bench/platform-figures.ts';
import { benchTunnel } from './bench/tunnel.ts';
import { BLOWS_USAGE, benchBlows, blowsOptions } from './country/blows-report.ts';

export async function run(argv: string[]): Promise<number> {
  if (argv.length === 0 || argv.includes('--help')) {
    process.stdout.write(USAGE + PLATFORM_USAGE + BLOWS_USAGE);
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
    case 'fair':
      return start(fairOptions(words), benchFair);
    case 'platform':
      return start(platformOptions(words), benchPlatform);
    case 'blows':
      return start(blowsOptions(words), benchBlows);
    default:
      return start('say what: tunnel, bond, paced, fair, platform or blows', async () => 2);
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

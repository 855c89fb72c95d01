// For developing pages: builds the console and serves it before the fake platform.
//   node apps/console/src/testing/serve.ts [PORT]
import { buildConsole } from '../build/build.ts';
import { startFakePlatform } from './fake-platform.ts';

const port = Number(process.argv[2] ?? 8090);
const platform = await startFakePlatform({ dist: await buildConsole(), port });
process.stdout.write(`${platform.url}\n`);

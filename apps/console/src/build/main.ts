// `node main.ts`: builds the console where a source is newer than what was built.
import { buildConsole } from './build.ts';

await buildConsole();

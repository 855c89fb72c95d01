// The browser of the tests, at a pinned version and from the same registry as everything else.
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chromiumFiles from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

// Its own list of arguments is for one process and one page, and without web security. Root in a
// container has no sandbox; maps are drawn by the processor. All else is put together without a
// pretended graphics card, which costs a third of the work of opening a page.
const FLAGS = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-gpu-compositing',
];

/** Another one is unpacked anew beside what older checkouts left. */
const LAYOUT = 2;

/** The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const directory = await unpacked();
  process.env['FONTCONFIG_PATH'] = join(directory, 'fonts');
  return await chromium.launch({ executablePath: join(directory, 'chromium'), args: FLAGS });
}

/**
 * Once for each user, and moved in whole. Left to itself the package unpacks to a name that every
 * user of the machine shares: one would run what another put there, and two at once would meet
 * half of it.
 */
async function unpacked(): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const own = join(tmpdir(), `rmh-browser-${uid}`);
  mkdirSync(own, { recursive: true, mode: 0o700 });
  const { uid: owner } = lstatSync(own);
  if (owner !== uid) throw new Error(`${own} belongs to another user`);
  const directory = join(own, `${version()}-${LAYOUT}`);
  if (existsSync(directory)) return directory;
  const unpacking = mkdtempSync(join(own, 'unpacking-'));
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = unpacking;
  try {
    await chromiumFiles.executablePath();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
  writeFileSync(join(unpacking, 'fonts/fonts.conf'), fontsIn(join(directory, 'fonts')));
  try {
    renameSync(unpacking, directory);
  } catch (error) {
    // Another test was first.
    rmSync(unpacking, { recursive: true, force: true });
    if (!existsSync(directory)) throw error;
  }
  return directory;
}

/**
 * The package's own configuration looks for its fonts under names that every user of a machine
 * shares; where nobody has put any there the browser finds none, and falls.
 */
function fontsIn(directory: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${directory}</dir>
  <cachedir>${join(directory, 'cache')}</cachedir>
</fontconfig>
`;
}

function version(): string {
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return own.dependencies['@sparticuz/chromium'] ?? '';
}

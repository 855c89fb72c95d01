// The browser of the tests, at a pinned version and from the same registry as everything else.
import chromiumFiles from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

// Its own list of arguments is for one process and one page, and without web security. Root in a
// container has no sandbox; maps are drawn by the processor.
const FLAGS = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

/** The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: await chromiumFiles.executablePath(),
    args: FLAGS,
  });
}

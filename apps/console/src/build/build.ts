// Builds the console into apps/console/dist, when a source is newer than what lies there.
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { build, type InlineConfig, type Plugin } from 'vite';
import { nordicLand, nordicPlaces } from './map-data.ts';

const ROOT = join(import.meta.dirname, '../..');
export const CONSOLE_DIST = join(ROOT, 'dist');
// All that the console takes from the contract at run time; the rest is types.
const FROM_CONTRACT = ['client.ts', 'data-budget.ts'].map((name) =>
  join(ROOT, '../../packages/contract/src', name),
);

// Tests and what they stand on are no part of what is built.
const NOT_BUILT = /\.test\.ts$|^testing$/;

/** Returns the folder to serve. Builds only when a source is newer, or `force` says so. */
export async function buildConsole({ force = false } = {}): Promise<string> {
  if (force || isStale()) {
    // Built beside and moved in at the end: who serves meanwhile serves a whole console.
    const beside = join(ROOT, `.dist-${process.pid}`);
    await build(viteOptions(beside));
    compress(beside);
    moveIn(beside);
  }
  return CONSOLE_DIST;
}

function moveIn(built: string): void {
  rmSync(CONSOLE_DIST, { recursive: true, force: true });
  try {
    renameSync(built, CONSOLE_DIST);
  } catch (error) {
    // Another process that built the same was first.
    rmSync(built, { recursive: true, force: true });
    if (!existsSync(CONSOLE_DIST)) throw error;
  }
}

function viteOptions(outDir: string): InlineConfig {
  return {
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    plugins: [react(), mapData()],
    build: {
      outDir,
      emptyOutDir: true,
      reportCompressedSize: false,
      target: 'es2023',
      sourcemap: false,
      // MapLibre is one file of 900 kB, loaded by the two pages that have a map.
      chunkSizeWarningLimit: 1_200,
      // A strict Content-Security-Policy has no place for data: scripts and fonts.
      assetsInlineLimit: 0,
      rolldownOptions: {
        treeshake: { moduleSideEffects },
        // On a busy machine it tells whoever starts the platform how long our plugins took.
        checks: { pluginTimings: false },
      },
    },
  };
}

// The index of the design system names every component, and some register elements or listen to
// the document as soon as they are loaded. What no page names is left out with all it brings.
function moduleSideEffects(id: string): boolean {
  return !/\/@digdir\/designsystemet-(react|web)\//.test(id);
}

/** Land and place names, made from public-domain data at build time, beside the page. */
function mapData(): Plugin {
  return {
    name: 'rmh-map-data',
    generateBundle() {
      const emit = (fileName: string, value: unknown): void => {
        this.emitFile({ type: 'asset', fileName, source: JSON.stringify(value) });
      };
      emit('map/land.json', nordicLand());
      emit('map/places.json', nordicPlaces());
    },
  };
}

/** Beside each file its .br and .gz, so that the server compresses nothing twice. */
function compress(directory: string): void {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => /\.(js|css|json|svg|html)$/.test(name))) {
    const path = join(directory, file);
    const body = readFileSync(path);
    writeFileSync(`${path}.br`, brotliCompressSync(body));
    writeFileSync(`${path}.gz`, gzipSync(body));
  }
}

function isStale(): boolean {
  const built = join(CONSOLE_DIST, 'index.html');
  if (!existsSync(built)) return true;
  const builtMs = statSync(built).mtimeMs;
  const sources = ['src', 'public', 'index.html', 'package.json'].map((name) => join(ROOT, name));
  return [...sources, ...FROM_CONTRACT].some((path) => newestMs(path) > builtMs);
}

function newestMs(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const names = readdirSync(path).filter((name) => !NOT_BUILT.test(name));
  return Math.max(0, ...names.map((name) => newestMs(join(path, name))));
}

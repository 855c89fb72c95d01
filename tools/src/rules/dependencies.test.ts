import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeLock, entryFor, type LockFile, missingOptionals } from '../complete-lock.ts';
import {
  dependencyViolations,
  EXPLANATIONS,
  type Lock,
  lockOrigins,
  lockViolations,
} from './dependencies.ts';
import { assertNone, loadWorkspaces, readManifest, readText } from './workspaces.ts';

const root = JSON.parse(readText('package.json')) as { optionalDependencies: object };
const all = [
  { folder: '', manifest: readManifest('package.json') },
  ...loadWorkspaces().map(({ folder, manifest }) => ({ folder, manifest })),
];

test('every dependency is pinned exactly, the same everywhere, and explained', () => {
  const manifests = all.map(({ folder, manifest }) => ({
    path: folder === '' ? 'package.json' : `${folder}/package.json`,
    declared: {
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...(folder === '' ? root.optionalDependencies : {}),
    },
  }));
  assertNone(dependencyViolations(manifests, readText(EXPLANATIONS)));
});

test('package-lock.json is what npm ci will accept', () => {
  const lock = JSON.parse(readText('package-lock.json')) as Lock;
  assertNone(all.flatMap(({ folder, manifest }) => lockViolations(folder, manifest, lock)));
});

test('package-lock.json knows every platform, so that npm ci accepts it anywhere', () => {
  const missing = missingOptionals(JSON.parse(readText('package-lock.json')) as LockFile);
  assert.deepEqual(missing, [], 'run "npm run lock"');
});

test('package-lock.json names no place that packages were fetched from', () => {
  assertNone(lockOrigins(JSON.parse(readText('package-lock.json')) as Lock));
});

const ROW = '| `zod` | schemas | our own |';

function rules(declared: Record<string, string>, explanations = ROW): string[] {
  const manifests = [{ path: 'package.json', declared }];
  return dependencyViolations(manifests, explanations).map(({ rule }) => rule);
}

test('a pinned and explained dependency passes, and ours need neither', () => {
  assert.deepEqual(rules({ zod: '1.2.3', '@rmh/base': '*' }), []);
});

test('a range is refused', () => {
  assert.deepEqual(rules({ zod: '^1.2.3' }), ['zod is not pinned exactly: "^1.2.3"']);
});

test('a dependency without its row, or with an empty one, is refused', () => {
  const rule = `zod has no row in ${EXPLANATIONS}`;
  assert.deepEqual(rules({ zod: '1.2.3' }, ''), [rule]);
  assert.deepEqual(rules({ zod: '1.2.3' }, '| `zod` |  | our own |'), [rule]);
});

test('a row that explains a dependency long gone is refused', () => {
  assert.deepEqual(rules({}), ['explains zod, which nothing declares']);
});

test('two versions of one dependency are refused', () => {
  const manifests = ['1.0.0', '2.0.0'].map((zod) => ({ path: 'package.json', declared: { zod } }));
  const [broken] = dependencyViolations(manifests, ROW);
  assert.equal(broken?.rule, 'zod is 2.0.0 here and 1.0.0 elsewhere');
});

test('a lock that lags behind its package.json is refused', () => {
  const manifest = { dependencies: { zod: '1.2.3' }, devDependencies: {} };
  const lock: Lock = { packages: { 'packages/x': { dependencies: { zod: '1.2.2' } } } };
  assert.equal(lockViolations('packages/x', manifest, lock).length, 1);
  assert.equal(lockViolations('packages/y', manifest, lock).length, 1);
});

test('a lock that names an origin is refused', () => {
  const resolved = 'https://packages.example/zod.tgz';
  assert.equal(lockOrigins({ packages: { 'node_modules/zod': { resolved } } }).length, 1);
  assert.equal(lockOrigins({ packages: { 'node_modules/x': { resolved: 'apps/x' } } }).length, 0);
});

test('completeLock enters a platform that the registry lacked, and only that', () => {
  const parent = {
    optionalDependencies: { '@a/x-linux-x64-musl': '1.2.3', '@a/x-darwin-arm64': '1.2.3' },
  };
  const has = { version: '1.2.3', optional: true };
  const lock = { packages: { 'node_modules/@a/x-darwin-arm64': has, 'node_modules/x': parent } };
  assert.equal(missingOptionals(lock).length, 1);
  const { packages } = completeLock(lock);
  assert.equal(packages['node_modules/@a/x-darwin-arm64'], has);
  assert.deepEqual(packages['node_modules/@a/x-linux-x64-musl'], {
    version: '1.2.3',
    cpu: ['x64'],
    libc: ['musl'],
    optional: true,
    os: ['linux'],
  });
});

test('an optional dependency that is no platform package is not guessed', () => {
  assert.throws(() => entryFor({ path: 'node_modules/fun', version: '1.0.0', dev: false }), /no/);
});

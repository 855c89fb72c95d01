// The workspaces, their package.json and their sources with the facts of each.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles, ROOT } from '../checkout.ts';
import { readFacts, type SourceFacts } from './source-facts.ts';

export type Manifest = {
  name: string;
  dependencies: Readonly<Record<string, string>>;
  devDependencies: Readonly<Record<string, string>>;
};

export type SourceFile = { path: string; isTest: boolean; facts: SourceFacts };
export type Workspace = { folder: string; manifest: Manifest; sources: SourceFile[] };

export type Violation = { path: string; line: number; rule: string };

export function toSourceFile(path: string, text: string): SourceFile {
  return { path, isTest: isTestPath(path), facts: readFacts(path, text) };
}

export function isTestPath(path: string): boolean {
  return /\.(test|fuzz|bench)\.tsx?$/.test(path);
}

export function loadWorkspaces(): Workspace[] {
  const paths = listFiles();
  return paths
    .filter((path) => /^((packages|apps)\/[^/]+|lab|tools)\/package\.json$/.test(path))
    .map((manifestPath) => {
      const folder = manifestPath.slice(0, -'/package.json'.length);
      const sources = paths
        .filter((path) => path.startsWith(`${folder}/`) && /\.tsx?$/.test(path))
        .map((path) => toSourceFile(path, readText(path)));
      return { folder, manifest: readManifest(manifestPath), sources };
    });
}

export function readManifest(path: string): Manifest {
  const { name, dependencies, devDependencies } = JSON.parse(readText(path)) as Partial<Manifest>;
  return {
    name: name ?? '',
    dependencies: dependencies ?? {},
    devDependencies: devDependencies ?? {},
  };
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

// All of them, one a line as "packages/wire/src/a.ts:12: the rule", not the first alone.
export function assertNone(violations: readonly Violation[]): void {
  const lines = violations.map(({ path, line, rule }) => `${path}:${line}: ${rule}`);
  assert.ok(violations.length === 0, `${violations.length} broken rules\n${lines.join('\n')}`);
}

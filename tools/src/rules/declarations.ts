// Each workspace declares what it imports and nothing more. npm does not enforce it: with
// hoisting, what one workspace declares every other can import, until the day it cannot.
import type { Violation, Workspace } from './workspaces.ts';

export function declarationViolations({ folder, manifest, sources }: Workspace): Violation[] {
  const path = `${folder}/package.json`;
  const { dependencies, devDependencies } = manifest;
  const broken: Violation[] = [];
  const used = new Set<string>();
  const told = new Set<string>();
  for (const source of sources) {
    for (const { specifier, kind, line } of source.facts.imports) {
      const name = packageName(specifier);
      if (name === null) continue;
      used.add(name);
      const enough = source.isTest || kind === 'type';
      if (name in dependencies || (enough && name in devDependencies)) continue;
      // A package of types alone, such as geojson.
      if (kind === 'type' && typesOf(name) in devDependencies) continue;
      const where = enough ? 'dependencies or devDependencies' : 'dependencies';
      if (told.has(name + where)) continue; // the first place of each is enough
      told.add(name + where);
      const rule = `imports ${name}, which ${path} does not name under ${where}`;
      broken.push({ path: source.path, line, rule });
    }
  }
  const usedTypes = new Set([...used].map(typesOf));
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    if (!used.has(name) && !usedTypes.has(name))
      broken.push({ path, line: 1, rule: `declares ${name} and never uses it` });
  }
  return broken;
}

// Where the types of a package lie that has none of its own.
function typesOf(name: string): string {
  return `@types/${name.replace(/^@/, '').replace('/', '__')}`;
}

// "@rmh/lab/up" → "@rmh/lab"; null for node:*, relative and computed names.
export function packageName(specifier: string | null): string | null {
  if (specifier === null || /^(\.|node:)/.test(specifier)) return null;
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

// The table of platform.yaml in docs/platform.md: `node apps/platform/src/settings-docs.ts` prints
// it, and a test compares.
import { fieldsOf, treeOf } from '@rmh/contract';
import { PLATFORM_SETTINGS } from './settings.ts';

export function settingsTable(): string {
  const rows = fieldsOf(treeOf(PLATFORM_SETTINGS)).map(({ path, node, required }) => {
    const otherwise = required ? 'required' : defaultOf(node.default);
    const cells = [`\`${path}\``, node.description ?? '', node.expected ?? '', otherwise];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return ['| field | meaning | value | default |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function defaultOf(value: unknown): string {
  if (value === undefined) return 'none';
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? 'see its fields'
    : JSON.stringify(value);
}

if (import.meta.main) process.stdout.write(settingsTable());

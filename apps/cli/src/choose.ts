// What the command line asks for, decided without doing it.
import type { Command } from './command.ts';

export type Choice =
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'run'; command: Command; argv: string[] }
  | { kind: 'unknown'; word: string; nearest: string | null };

export function choose(argv: readonly string[], commands: readonly Command[]): Choice {
  const [word, ...rest] = argv;
  if (word === undefined || word === '--help' || word === '-h') return { kind: 'help' };
  if (word === '--version') return { kind: 'version' };
  if (word === 'help') return rest.length === 0 ? { kind: 'help' } : helpOn(rest, commands);
  const command = commands.find(({ name }) => name === word);
  if (command !== undefined) return { kind: 'run', command, argv: rest };
  return { kind: 'unknown', word, nearest: nearestName(word, commands) };
}

// `rmh help unit` is `rmh unit --help`.
function helpOn([word = '']: string[], commands: readonly Command[]): Choice {
  return choose([word, '--help'], commands);
}

// A slip is at most a third of the word: "gatway" is gateway, "banana" is nothing.
function nearestName(word: string, commands: readonly Command[]): string | null {
  let nearest: string | null = null;
  let nearestEdits = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const { name } of commands) {
    const edits = editDistance(word, name);
    if (edits < nearestEdits) [nearest, nearestEdits] = [name, edits];
  }
  return nearest;
}

// Optimal string alignment distance: a swap of neighbours ("untit", "unti") is one edit.
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let edits = Math.min(replace, previous[j]! + 1, row[j - 1]! + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) edits = Math.min(edits, beforePrevious[j - 2]! + 1);
      row.push(edits);
    }
    [beforePrevious, previous] = [previous, row];
  }
  return previous[b.length]!;
}

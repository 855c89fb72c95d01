/** The name a slip was meant for: at most a third of the word may differ. */
export function nearestName(word: string, names: readonly string[]): string | null {
  let nearest: string | null = null;
  let nearestEdits = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const name of names) {
    // Case alone is no slip worth counting: "publickey" is publicKey.
    const edits = editDistance(word.toLowerCase(), name.toLowerCase());
    if (edits < nearestEdits) [nearest, nearestEdits] = [name, edits];
  }
  return nearest;
}

// A hostile file may hold a field name of any length; no field of ours is longer than this.
const WORD_LENGTH_MAX = 40;

/** Levenshtein with neighbour swaps counted once (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  if (a.length > WORD_LENGTH_MAX || b.length > WORD_LENGTH_MAX) return Number.POSITIVE_INFINITY;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let edits = Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) edits = Math.min(edits, (beforePrevious[j - 2] ?? 0) + 1);
      row.push(edits);
    }
    [beforePrevious, previous] = [previous, row];
  }
  return previous[b.length] ?? 0;
}

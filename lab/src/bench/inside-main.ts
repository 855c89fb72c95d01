// What every bench does as process 1 of its sandbox: takes its options, measures, says each sample
// to the launcher, ends. The kernel removes what is left.
import type { BenchWord } from './words.ts';

/** `measureAll` gets the options as the launcher wrote them. */
export function runInside(measureAll: (json: string) => Promise<void>): void {
  process.on('disconnect', () => process.exit(1));
  // Once the script that calls has all its classes and constants.
  const measured = Promise.resolve().then(() => measureAll(process.argv[2] ?? ''));
  measured.then(
    () => process.send?.({ kind: 'end' } satisfies BenchWord, () => process.exit(0)),
    (error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      process.stderr.write(`rmh: bench: ${why}\n`, () => process.exit(1));
    },
  );
}

export function say(word: BenchWord): void {
  process.send?.(word);
}

// What every bench does as process 1 of its sandbox: takes its options, measures, says each sample
// to the launcher, ends. The kernel removes what is left.
import type { BenchWord } from './words.ts';

export function runInside<Options>(measureAll: (options: Options) => Promise<void>): void {
  process.on('disconnect', () => process.exit(1));
  const options = JSON.parse(process.argv[2] ?? '') as Options;
  // Once the script that calls has all its classes and constants.
  const measured = Promise.resolve().then(() => measureAll(options));
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

// One JSON file that a schema narrows: what the platform last said, for when it is gone.
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { writeAtomically } from '../daemon/atomic-file.ts';

/** Null: nothing was kept, or nothing that can be used. */
export function readKept<S extends z.ZodType>(path: string, schema: S): z.output<S> | null {
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Mode 0600: it may hold preshared keys. Throws where the disk refuses. */
export function writeKept(path: string, value: unknown): void {
  writeAtomically(path, `${JSON.stringify(value)}\n`);
}

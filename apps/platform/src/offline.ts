// How a command reaches a platform's database: through the platform that runs, or by opening it.
import { text as textOf } from 'node:stream/consumers';
import { RmhError } from '@rmh/contract';
import { askControl } from './control.ts';
import type { Database } from './db/database.ts';
import { migrate } from './db/migrate.ts';
import { openDatabase } from './program.ts';
import type { PlatformSettings } from './settings.ts';

/** Null: no platform runs here. Throws RMH_REQUEST_REFUSED. */
export async function viaControl(settings: PlatformSettings, path: string): Promise<string | null> {
  const answer = await askControl(settings.dataDirectory, path);
  if (answer === null) return null;
  const text = await textOf(answer.body);
  if (answer.status !== 200) throw new RmhError('RMH_REQUEST_REFUSED', text);
  return text;
}

export async function withDatabase<T>(
  settings: PlatformSettings,
  work: (db: Database) => Promise<T>,
): Promise<T> {
  const db = await openDatabase(settings);
  try {
    await migrate(db);
    return await work(db);
  } finally {
    await db.close();
  }
}

// What is done wrong on purpose, after a run, must be found by the same books.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { present, Random } from '@rmh/base';
import type { Sample } from '@rmh/contract/api';
import { Journal } from '@rmh/contract/machine';
import { closeBooks, recount } from './blows-books.ts';
import { madeUpSample, SPAN_MS } from './blows-sample.ts';
import type { Member, Scene } from './blows-scene.ts';
import { Sender } from './blows-senders.ts';

export interface Controls {
  /** A unit delivered so many under another journal's name; `twice` of them were found. */
  readonly sentTwice: number;
  readonly twice: number;
  /** The platform forgot a cursor, a unit what had arrived: it refused so many that it has. */
  readonly refused: number;
  /** One row was taken away: so many are missed, and so many sums no longer fit. */
  readonly lost: number;
  readonly sumsOff: number;
}

const SYSTEM = { kind: 'system' } as const;
const SENT_TWICE = 12;

/** The scene's platform is stopped, before and after. */
export async function runControls(scene: Scene, seed: number): Promise<Controls> {
  const [first, second = first] = scene.members;
  const [one, other] = [present(first, 'a sender'), present(second, 'a sender')];
  await scene.withTables((db) =>
    db.transaction(SYSTEM, (sql) =>
      sql.query('DELETE FROM sample_cursor WHERE unit_id = $1', [other.unitId]),
    ),
  );
  await scene.startPlatform();
  await deliver(one, otherJournal(scene, one, seed));
  rmSync(join(other.sender.order.directory, 'samples', 'through.json'), { force: true });
  await deliver(other, other.sender.order.directory);
  await scene.stopPlatform();
  return await scene.withTables(async (db) => {
    const { twice, refused } = await closeBooks(db, scene.accounts());
    await db.transaction(SYSTEM, (sql) =>
      sql.query(
        `DELETE FROM sample WHERE unit_id = $1 AND sequence = 1 AND at = (
          SELECT min(at) FROM sample WHERE unit_id = $1)`,
        [other.unitId],
      ),
    );
    const { lost } = await closeBooks(db, scene.accounts());
    const sumsOff = (await recount(db)).reduce((sum, { differ }) => sum + differ, 0);
    return { sentTwice: SENT_TWICE, twice, refused, lost, sumsOff };
  });
}

/** A directory with the unit's identity, and samples of a drive that its ledger does not know. */
function otherJournal(scene: Scene, { sender }: Member, seed: number): string {
  const directory = join(scene.directory, 'control');
  mkdirSync(directory, { mode: 0o700 });
  cpSync(join(sender.order.directory, 'identity.key'), join(directory, 'identity.key'));
  const journal = new Journal<Sample>(join(directory, 'samples'), {
    linesMost: 1_000,
    bytesMost: 10_000_000,
  });
  const random = new Random(seed);
  // Before all that it told: no time is taken yet.
  const fromMs = sender.order.fromMs - SENT_TWICE * SPAN_MS;
  for (let i = 0; i < SENT_TWICE; i++) {
    journal.append(madeUpSample(random, fromMs + i * SPAN_MS, null, () => i + 1));
  }
  journal.close();
  return directory;
}

async function deliver({ sender }: Member, directory: string): Promise<void> {
  const silent = new Sender({ ...sender.order, directory, silent: true });
  silent.start();
  await silent.drain();
}

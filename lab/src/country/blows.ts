// ./rmh bench blows: the platform, its database and the units are killed at random moments under
// load, and come back by themselves. Then the books are closed: nothing lost, nothing twice.
//
//   1  a real platform process, senders with real journals that deliver all the time
//   2  the blows of a seeded schedule; each has healed when every sender has a new receipt
//   3  calm, drained, stopped: every number that a sender kept is one row, and sums are recounted
//   4  the controls: what is done wrong on purpose must be found
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '@rmh/base';
import { type Books, closeBooks, type Recount, recount } from './blows-books.ts';
import { type Controls, runControls } from './blows-controls.ts';
import { rollUp } from './blows-database.ts';
import { Scene } from './blows-scene.ts';
import { type Blow, type BlowKind, scheduleOf } from './blows-schedule.ts';

export interface BlowsOptions {
  readonly blows: number;
  readonly senders: number;
  readonly samplesPerSecond: number;
  readonly database: 'pglite' | 'postgres';
  readonly seed: number;
  /** In which the platform's jobs catch up before the books are closed. */
  readonly calmMs: number;
}

export interface Healed {
  readonly kind: BlowKind;
  /** From the blow until every sender had a new receipt; null: the next came before. */
  readonly healedMs: number | null;
}

export interface BlowsResult {
  readonly options: BlowsOptions;
  readonly seconds: number;
  readonly receipts: number;
  readonly blows: readonly Healed[];
  readonly startsMs: readonly number[];
  /** So often the platform ended without being killed, and had to be started by whoever watches. */
  readonly fell: number;
  readonly books: Books;
  /** As the platform's own jobs left the sums, and after all that was due was done. */
  readonly recounts: { readonly left: readonly Recount[]; readonly done: readonly Recount[] };
  readonly controls: Controls;
}

/** A machine at its busiest: a platform that starts with the embedded database takes a minute. */
const HEAL_MS_MAX = 600_000;
const LOOK_MS = 500;

/** A text says why it cannot run on this machine. */
export async function runBlows(
  options: BlowsOptions,
  say: (text: string) => void,
): Promise<BlowsResult | string> {
  const directory = mkdtempSync(join(tmpdir(), 'rmh-blows-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  // Whoever breaks it off leaves nothing behind: the processes end with this one.
  const breakOff = () => process.exit(130);
  process.once('exit', remove).once('SIGINT', breakOff).once('SIGTERM', breakOff);
  try {
    const scene = await Scene.set({ directory, ...options });
    if (typeof scene === 'string') return scene;
    try {
      return await perform(scene, options, say);
    } finally {
      await scene.stop();
    }
  } finally {
    remove();
    process.off('exit', remove).off('SIGINT', breakOff).off('SIGTERM', breakOff);
  }
}

async function perform(
  scene: Scene,
  options: BlowsOptions,
  say: (text: string) => void,
): Promise<BlowsResult> {
  const beganMs = Date.now();
  for (const sender of scene.senders) sender.start();
  await healed(scene);
  const schedule = scheduleOf(
    new Random(options.seed),
    options.blows,
    options.database === 'postgres',
  );
  const blows: Healed[] = [];
  for (const blow of schedule) {
    blows.push(await fall(scene, blow));
    const waiting = scene.senders.reduce((sum, sender) => sum + sender.waiting, 0);
    say(`${blows.length} ${blow.kind}: ${blows.at(-1)?.healedMs ?? '-'} ms, ${waiting} waiting`);
  }
  await healed(scene);
  await sleep(options.calmMs);
  await Promise.all(scene.senders.map((sender) => sender.drain()));
  await scene.stopPlatform();
  const seconds = Math.round((Date.now() - beganMs) / 1_000);
  say('closing the books');
  const closed = await scene.withTables(async (db) => {
    const left = await recount(db);
    await rollUp(db);
    const done = await recount(db);
    return { books: await closeBooks(db, scene.accounts()), recounts: { left, done } };
  });
  say('the controls');
  const controls = await runControls(scene, options.seed);
  return {
    ...{ options, seconds, blows, ...closed, controls },
    receipts: scene.senders.reduce((sum, sender) => sum + sender.receipts, 0),
    startsMs: scene.startsMs,
    fell: scene.fell,
  };
}

async function fall(scene: Scene, blow: Blow): Promise<Healed> {
  await sleep(blow.afterMs);
  const began = performance.now();
  await scene.strike(blow);
  if (blow.isHasty) return { kind: blow.kind, healedMs: null };
  await healed(scene);
  return { kind: blow.kind, healedMs: Math.round(performance.now() - began) };
}

/** Every sender has had a receipt that it did not have before. */
async function healed(scene: Scene): Promise<void> {
  const before = scene.senders.map(({ receipts }) => receipts);
  const endMs = Date.now() + HEAL_MS_MAX;
  while (!scene.senders.every(({ receipts }, i) => receipts > (before[i] ?? 0))) {
    const fallen = scene.senders.find(({ fell }) => fell !== null);
    if (fallen !== undefined) throw new Error(`a sender fell by itself: ${fallen.fell}`);
    if (Date.now() > endMs) throw new Error('a sender does not get through any more');
    await sleep(LOOK_MS);
    await scene.raise();
  }
}

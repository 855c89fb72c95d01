// The embedded database in a thread of its own: a question of a second must not stop the answers
// to everybody else. One order at a time, in the order of arrival.
import { strict as assert } from 'node:assert';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite, types } from '@electric-sql/pglite';
import type { DriverFault } from './database.ts';
import type { WorkerNews, WorkerOrder, WorkerStart } from './pglite-words.ts';

assert(parentPort !== null);
const port = parentPort;
const tell = (news: WorkerNews) => port.postMessage(news);

function faultOf(error: unknown): DriverFault {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return { message: error.message, code, constraint };
}

async function open({ directory, image }: WorkerStart): Promise<PGlite> {
  const database = await PGlite.create({
    ...(directory === null ? {} : { dataDir: directory }),
    ...(image === null ? {} : { loadDataDir: new Blob([new Uint8Array(image)]) }),
    parsers: {
      [types.INT8]: Number,
      [types.NUMERIC]: Number,
      [types.DATE]: (text: string) => text,
    },
  });
  await database.exec("SET timezone = 'UTC'");
  return database;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

async function perform(database: PGlite, order: WorkerOrder): Promise<unknown> {
  switch (order.kind) {
    case 'query': {
      if (order.values !== null) return (await database.query(order.text, order.values)).rows;
      return (await database.exec(order.text)).at(-1)?.rows ?? [];
    }
    case 'listen': {
      await database.query(`LISTEN ${quoted(order.channel)}`);
      return null;
    }
    case 'image':
      return new Uint8Array(await (await database.dumpDataDir('none')).arrayBuffer());
    case 'close':
      await database.close();
      return null;
  }
}

async function run(): Promise<void> {
  const database = await open(workerData as WorkerStart);
  database.onNotification((channel, payload) => tell({ kind: 'heard', channel, payload }));
  let last: Promise<void> = Promise.resolve();
  port.on('message', (order: WorkerOrder) => {
    last = last.then(async () => {
      try {
        tell({ kind: 'done', id: order.id, result: await perform(database, order) });
      } catch (error) {
        tell({ kind: 'fault', id: order.id, fault: faultOf(error) });
      }
      if (order.kind === 'close') port.close();
    });
  });
  tell({ kind: 'ready' });
}

try {
  await run();
} catch (error) {
  tell({ kind: 'failed', fault: faultOf(error) });
}

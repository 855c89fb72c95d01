// GET /live: one stream an asker, fed by the hub of this process.
import { setTimeout as wait } from 'node:timers/promises';
import { HEARTBEAT_MS, LIVE_QUERY } from '@rmh/contract/api';
import type { Database } from '../db/database.ts';
import { problem } from '../http/problem.ts';
import { type RawReply, route } from '../http/route.ts';
import type { Services } from '../services.ts';
import { Hub, type Stream } from './hub.ts';

interface Started {
  readonly hub: Hub;
  readonly ready: Promise<Hub>;
}

const hubs = new WeakMap<Database, Started>();

/** The hub of this process, made when the first stream opens. */
function hubOf(services: Pick<Services, 'db' | 'nowMs'>): Promise<Hub> {
  const { db } = services;
  const there = hubs.get(db);
  if (there !== undefined) return there.ready;
  const hub = new Hub(services, () => hubs.delete(db));
  const ready = hub.start().then(
    () => hub,
    async (error: unknown) => {
      await hub.end();
      throw error;
    },
  );
  hubs.set(db, { hub, ready });
  return ready;
}

/** Ends the streams of this process, before its database closes. */
export async function endStreams(db: Database): Promise<void> {
  await (await hubs.get(db)?.ready)?.end();
}

export const streamLive = route({
  id: 'live.stream',
  method: 'GET',
  path: '/live',
  summary: 'Vehicles and alarms as they change, as server-sent events',
  access: 'vehicle.read',
  query: LIVE_QUERY,
  reply: null,
  async answer({ asker, query, services, lastEventId }) {
    // Not awaited: a hub that starts waits for the database, and this transaction holds it.
    const started = hubs.get(services.db);
    if (started?.hub.isFull(asker) === true) {
      throw problem('too-many-requests', 'close a window of the console first');
    }
    return {
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // Proxies would collect events until their buffer is full.
        'x-accel-buffering': 'no',
      },
      async raw(reply) {
        const opened = await hubOf(services);
        const stream = await opened.open(asker, query.organisationId ?? null, lastEventId);
        // Many that were opened in the same moment: those over the limit end at once.
        if (stream === null) return;
        try {
          await serve(stream, reply);
        } finally {
          opened.leave(stream);
        }
      },
    };
  },
});

/** Writes what is new until the asker leaves or may see nothing more. */
async function serve({ reader, ended }: Stream, reply: RawReply): Promise<void> {
  const over = AbortSignal.any([ended.signal, reply.signal]);
  over.addEventListener('abort', () => reader.wake(), { once: true });
  let isOpen = await reply.write('retry: 2000\n\n');
  while (isOpen && !over.aborted) {
    const chunk = reader.take();
    if (chunk !== null) {
      // Waits for a slow asker; what changes meanwhile is one newer state when he is ready.
      if (chunk !== '') isOpen = await reply.write(chunk);
      continue;
    }
    if (!(await newsOrQuiet(reader))) isOpen = await reply.write(': quiet\n\n');
  }
}

/** False when there was nothing to tell for the time of a heartbeat. */
async function newsOrQuiet(reader: Stream['reader']): Promise<boolean> {
  const quiet = new AbortController();
  const beat = wait(HEARTBEAT_MS, false, { signal: quiet.signal, ref: false }).catch(() => false);
  const news = await Promise.race([reader.news().then(() => true), beat]);
  quiet.abort();
  return news;
}

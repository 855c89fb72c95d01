// The console's files. Names that hold a hash of their content never change and are kept for a
// year; any other address of a page is answered with index.html, which is asked for each time.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { isApi } from './headers.ts';
import { problem } from './problem.ts';

const YEAR_S = 31_536_000;

export async function serveConsole(app: FastifyInstance, directory: string): Promise<void> {
  if (!existsSync(join(directory, 'index.html'))) return;
  await app.register(fastifyStatic, {
    root: directory,
    wildcard: false,
    cacheControl: false,
    preCompressed: true,
    setHeaders: (response, path) => {
      const isHashed = path.includes('/assets/');
      const value = isHashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache';
      response.header('cache-control', value);
    },
  });
  app.get('/*', async (request, reply) => {
    const isPage = !isApi(request.url) && !/\.[a-z0-9]+($|\?)/i.test(request.url);
    if (!isPage) throw problem('not-found');
    return reply.sendFile('index.html');
  });
}

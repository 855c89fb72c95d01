import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { API_DOCS, apiPage, openApiText } from './http/api-docs.ts';
import { JOBS } from './jobs.ts';
import { ROUTES } from './routes.ts';

test('docs/api is what the routes say', () => {
  const hint = 'run: node apps/platform/src/http/api-docs.ts';
  assert.equal(readFileSync(join(API_DOCS, 'openapi.json'), 'utf8'), openApiText(ROUTES), hint);
  assert.equal(readFileSync(join(API_DOCS, 'README.md'), 'utf8'), apiPage(ROUTES), hint);
});

test('Routes and jobs have names and addresses of their own', () => {
  const doubles = (names: readonly string[]) =>
    names.filter((name, i) => names.indexOf(name) !== i);
  assert.deepEqual(doubles(ROUTES.map(({ id }) => id)), []);
  assert.deepEqual(doubles(ROUTES.map(({ method, path }) => `${method} ${path}`)), []);
  assert.deepEqual(doubles(JOBS.map(({ name }) => name)), []);
});

test('Only what people ask about themselves runs outside row-level security', () => {
  const system = ROUTES.filter(({ asSystem }) => asSystem === true).map(({ id }) => id);
  assert.deepEqual(system, ['signIn.end', 'me.read']);
});

test('A change that may meet another asks for the version', () => {
  const without = ROUTES.filter(
    ({ method, conditional, access }) =>
      ['PUT', 'PATCH'].includes(method) && conditional !== true && access.includes('.'),
  );
  assert.deepEqual(
    without.map(({ id }) => id),
    // A phone without a network cannot know the version: its word carries a time instead. TMF621
    // knows no versions; a case refuses a change of state that does not fit.
    ['installations.point', 'troubleTicket.patch'],
  );
});

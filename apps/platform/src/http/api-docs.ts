// docs/api, written from the routes: `node apps/platform/src/http/api-docs.ts` writes openapi.json
// and README.md there, and a test compares.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PROBLEM_TYPE_PREFIX, PROBLEMS, ROLES, VERBS } from '@rmh/contract/api';
import { ROUTES } from '../routes.ts';
import { openApiDocument } from './openapi.ts';
import type { Route } from './route.ts';

export const API_DOCS = resolve(import.meta.dirname, '../../../../docs/api');

const HEAD = `# The platform's API

<!-- Written from the routes. To change it, change a route and run
     node apps/platform/src/http/api-docs.ts -->

Below \`/api/v1\`. The whole document, with every schema: [openapi.json](openapi.json)
(OpenAPI 3.1), which a running platform serves at \`/api/v1/openapi.json\` too.

- **Who asks.** People: a session cookie, and \`x-rmh-csrf\` on writes (\`GET /me\` tells it).
  Other systems: \`Authorization: Bearer rmh_…\`, a service token. Units and gateways: a proof by
  their identity key (docs/enrolment.md).
- **What may be seen.** A role gives verbs on an organisation and all below it. A route names its
  verb, and shows and changes only rows of organisations where the asker holds it.
- **Lists** come in pages: \`limit\` (at most 500) and \`cursor\`, the \`next\` of the page before.
- **Versions.** What has a version is answered with an ETag; a change of it needs \`If-Match\`
  (428 without, 412 when somebody else was faster).
- **Idempotency-Key** where the table says so: the same key gets the same answer for a day.
- **Problems** are RFC 9457. \`type\` is stable, \`fields\` names what was refused.
- **Times** are RFC 3339 in UTC with milliseconds; in telemetry they are Unix milliseconds.
`;

export function apiPage(routes: readonly Route[]): string {
  const groups = Map.groupBy(routes, ({ id }) => id.split('.')[0] ?? '');
  return [
    HEAD,
    ...[...groups].map(([name, own]) => `## ${name}\n\n${routeTable(own)}`),
    `## Problems\n\n${problemTable()}`,
    `## Roles and their verbs\n\n${roleTable()}`,
  ].join('\n');
}

function routeTable(routes: readonly Route[]): string {
  const rows = routes.map(
    ({ method, base = '', path, summary, access, conditional, idempotent }) => {
      const needs = [conditional && 'If-Match', idempotent && 'Idempotency-Key'].filter(Boolean);
      return `| \`${method} ${base}${path}\` | ${summary} | \`${access}\` | ${needs.join(', ')} |`;
    },
  );
  return ['| request | what | access | needs |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function problemTable(): string {
  const rows = Object.entries(PROBLEMS).map(
    ([name, { status, title }]) => `| \`${PROBLEM_TYPE_PREFIX}${name}\` | ${status} | ${title} |`,
  );
  return ['| type | status | meaning |', '|---|---|---|', ...rows, ''].join('\n');
}

function roleTable(): string {
  const roles = Object.entries<readonly string[]>(ROLES);
  const rows = VERBS.map((verb) => {
    const marks = roles.map(([, verbs]) => (verbs.includes(verb) ? 'yes' : ''));
    return `| \`${verb}\` | ${marks.join(' | ')} |`;
  });
  const head = `| verb | ${roles.map(([role]) => role).join(' | ')} |`;
  return [head, `|${'---|'.repeat(roles.length + 1)}`, ...rows, ''].join('\n');
}

export function openApiText(routes: readonly Route[]): string {
  return `${JSON.stringify(openApiDocument(routes), null, 1)}\n`;
}

if (import.meta.main) {
  mkdirSync(API_DOCS, { recursive: true });
  writeFileSync(join(API_DOCS, 'openapi.json'), openApiText(ROUTES));
  writeFileSync(join(API_DOCS, 'README.md'), apiPage(ROUTES));
}

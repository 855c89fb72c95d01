// The OpenAPI 3.1 document, written from the routes that the server runs: what it says is what is
// checked.
import * as api from '@rmh/contract/api';
import { API_BASE, PROBLEM, PROBLEMS, type ProblemName } from '@rmh/contract/api';
import { z } from 'zod';
import type { Route } from './route.ts';

type Json = Record<string, unknown>;

/** Objects of the contract go by their names: VEHICLE_WRITE is the schema VehicleWrite. */
const NAMED = z.registry<{ id: string }>();
for (const [name, schema] of Object.entries(api)) {
  if (schema instanceof z.ZodObject) NAMED.add(schema, { id: pascal(name) });
}

function pascal(name: string): string {
  return name.toLowerCase().replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

export function openApiDocument(routes: readonly Route[]): Json {
  schemas.clear();
  schemaOf(PROBLEM, 'output');
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    const operations = (paths[path] ??= {});
    if (route.base !== undefined) operations['servers'] = [{ url: route.base }];
    operations[route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Robust mobilt helsenett: the national platform',
      version: '1',
      description: INTRODUCTION,
    },
    servers: [{ url: API_BASE }],
    paths,
    components: {
      schemas: Object.fromEntries([...schemas].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: '__Host-rmh-session' },
        serviceToken: { type: 'http', scheme: 'bearer' },
        machineProof: { type: 'apiKey', in: 'header', name: 'Authorization' },
      },
    },
  };
}

const INTRODUCTION = [
  'Lists come in pages: give `next` of a page as `cursor` of the one after.',
  'Problems are RFC 9457 with a stable `type`.',
  'Writes of things with a version need `If-Match` with their ETag.',
  'Writes with a session cookie need the header `x-rmh-csrf` (GET /me tells it).',
  'Times are RFC 3339, UTC.',
].join(' ');

function operationOf(route: Route): Json {
  const { id, summary, access, body, idempotent, conditional } = route;
  return {
    operationId: id,
    summary,
    tags: [id.split('.')[0]],
    description: accessText(access),
    security: securityOf(access),
    'x-rmh-access': access,
    parameters: [
      ...parametersOf(route.params, 'path'),
      ...parametersOf(route.query, 'query'),
      ...(conditional === true ? [header('If-Match', 'The ETag of what is changed')] : []),
      ...(idempotent === true ? [header('Idempotency-Key', 'Asked again, the same answer')] : []),
    ],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(body, 'input') } },
          },
        }),
    responses: responsesOf(route),
  };
}

function accessText(access: Route['access']): string {
  switch (access) {
    case 'open':
      return 'Open to anybody.';
    case 'signed-in':
      return 'For anybody who is signed in.';
    case 'unit':
    case 'gateway':
      return `For a ${access}, by its proof.`;
    default:
      return `Needs \`${access}\`; sees and changes only organisations where the asker holds it.`;
  }
}

function securityOf(access: Route['access']): Json[] {
  if (access === 'open') return [];
  const isMachine = access === 'unit' || access === 'gateway';
  return isMachine ? [{ machineProof: [] }] : [{ session: [] }, { serviceToken: [] }];
}

const header = (name: string, description: string): Json => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
});

function parametersOf(schema: z.ZodType | undefined, where: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const options = { io: 'input', unrepresentable: 'any' } as const;
  const { properties = {}, required = [] } = z.toJSONSchema(schema, options) as unknown as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: one,
  }));
}

function responsesOf({ reply, access, body, params, query, conditional, id }: Route): Json {
  const names: ProblemName[] = [
    ...((body ?? params ?? query) ? (['bad-request'] as const) : []),
    ...(access === 'open' ? [] : (['not-signed-in', 'forbidden'] as const)),
    ...(params === undefined ? [] : (['not-found'] as const)),
    ...(body === undefined ? [] : (['conflict'] as const)),
    ...(conditional === true ? (['changed-meanwhile', 'if-match-needed'] as const) : []),
    'too-many-requests',
    'unavailable',
  ];
  const success: Json =
    reply === null
      ? { description: 'Done, or a stream' }
      : {
          description: `The answer of ${id}`,
          content: { 'application/json': { schema: schemaOf(reply, 'output') } },
        };
  return {
    '2XX': success,
    ...Object.fromEntries(
      names.map((name) => [
        String(PROBLEMS[name].status),
        {
          description: PROBLEMS[name].title,
          content: {
            'application/problem+json': { schema: { $ref: `${COMPONENTS}Problem` } },
          },
        },
      ]),
    ),
  };
}

const COMPONENTS = '#/components/schemas/';
/** Filled while a document is written. What goes in and what comes out may differ by defaults. */
const schemas = new Map<string, Json>();

/** `unrepresentable`: a transform has no form in JSON Schema; its input has. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const options = { io, unrepresentable: 'any', metadata: NAMED } as const;
  const { $schema: _, $defs = {}, ...own } = z.toJSONSchema(schema, options) as Json;
  const suffix = io === 'input' ? 'Input' : '';
  const moved = (json: unknown): Json =>
    JSON.parse(
      JSON.stringify(json).replaceAll(/"#\/\$defs\/(\w+)"/g, `"${COMPONENTS}$1${suffix}"`),
    ) as Json;
  for (const [name, definition] of Object.entries($defs as Record<string, Json>)) {
    schemas.set(name + suffix, withoutId(moved(definition)));
  }
  const name = NAMED.get(schema)?.id;
  if (name === undefined) return moved(own);
  schemas.set(name + suffix, withoutId(moved(own)));
  return { $ref: `${COMPONENTS}${name}${suffix}` };
}

function withoutId(json: Json): Json {
  const rest = { ...json };
  delete rest['id'];
  return rest;
}

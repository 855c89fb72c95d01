// Requests made from the routes themselves: every parameter, query and body is one that the schema
// takes, and every id in it is the one that is asked for.
import type { z } from 'zod';
import { z as zod } from 'zod';
import type { Route } from '../http/route.ts';

interface Json {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Json[];
  readonly oneOf?: readonly Json[];
  readonly properties?: Readonly<Record<string, Json>>;
  readonly required?: readonly string[];
  readonly items?: Json;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly default?: unknown;
}

export interface MadeRequest {
  /** 'GET /vehicles/9000001' */
  readonly what: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

export function requestFor(route: Route, id: number): MadeRequest {
  const params = sampleOf(route.params, id) as Record<string, unknown>;
  const query = sampleOf(route.query, id) as Record<string, unknown>;
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(JSON.stringify(params[name] ?? id).replaceAll('"', '')),
  );
  const search = new URLSearchParams(Object.entries(query).map(([k, v]) => [k, String(v)]));
  const asked = search.size > 0 ? `?${search.toString()}` : '';
  return {
    what: `${route.method} ${route.base ?? ''}${path}${asked}`,
    body: route.body === undefined ? undefined : sampleOf(route.body, id),
    headers: {
      ...(route.conditional === true ? { 'if-match': '"1"' } : {}),
      ...(route.idempotent === true ? { 'idempotency-key': `leak-${id}-${route.id}` } : {}),
    },
  };
}

function sampleOf(schema: z.ZodType | undefined, id: number): unknown {
  if (schema === undefined) return {};
  const json = zod.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json;
  return sample(json, '', id);
}

function sample(json: Json, name: string, id: number): unknown {
  if (json.const !== undefined) return json.const;
  if (json.enum !== undefined) return json.enum[0];
  const [first] = json.anyOf ?? json.oneOf ?? [];
  if (first !== undefined) return sample(first, name, id);
  switch (json.type) {
    case 'object': {
      // Whose it is is said wherever it may be, other things only where they must.
      const names = Object.keys(json.properties ?? {}).filter(
        (one) =>
          json.required?.includes(one) === true || /^(organisation|vehicle|unit)Id$/.test(one),
      );
      return Object.fromEntries(
        names.map((one) => [one, sample(json.properties?.[one] ?? {}, one, id)]),
      );
    }
    case 'array':
      return Array.from({ length: json.minItems ?? 0 }, () => sample(json.items ?? {}, name, id));
    case 'integer':
    case 'number':
      return /id$/i.test(name) ? id : Math.max(json.minimum ?? 0, 1);
    case 'boolean':
      return true;
    default:
      return textOf(json, name);
  }
}

function textOf({ format, pattern, minLength = 0 }: Json, name: string): string {
  if (format === 'date-time') {
    return name === 'from' ? '2026-11-01T00:00:00.000Z' : '2026-11-30T00:00:00.000Z';
  }
  if (format === 'date') return '2026-11-01';
  if (format === 'email') return 'noen@example.org';
  if (format === 'uuid') return '00000000-0000-4000-8000-000000000001';
  if (name === 'target') return 'mailto:noen@example.org';
  if (name === 'endpoint') return '192.0.2.9:51820';
  if (name === 'pool') return '10.64.0.0/10';
  if (name === 'code') return 'PR-01';
  if (name === 'iccid') return '8947080012345678909';
  if (name === 'code') return 'KIT-2';
  if (pattern?.includes('A-Za-z0-9+/') === true) return `${'A'.repeat(43)}=`;
  return 'prøve på noe'.replace(/[^a-z]/g, '').padEnd(minLength, 'x');
}

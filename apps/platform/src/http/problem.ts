// What goes wrong in a way that the asker is told about (RFC 9457).
import { PROBLEM_TYPE_PREFIX, PROBLEMS, type Problem, type ProblemName } from '@rmh/contract/api';
import type { z } from 'zod';
import { DatabaseError } from '../db/database.ts';

export type ProblemFields = readonly { readonly field: string; readonly reason: string }[];

/** Thrown by routes; the transaction is undone, and the asker gets the problem. */
export class ProblemError extends Error {
  override name = 'ProblemError';
  readonly problem: ProblemName;
  readonly detail: string | undefined;
  readonly fields: ProblemFields | undefined;

  constructor(name: ProblemName, detail?: string, fields?: ProblemFields) {
    super(detail ?? PROBLEMS[name].title);
    this.problem = name;
    this.detail = detail;
    this.fields = fields;
  }

  get status(): number {
    return PROBLEMS[this.problem].status;
  }
}

export function problem(name: ProblemName, detail?: string, fields?: ProblemFields): ProblemError {
  return new ProblemError(name, detail, fields);
}

export function problemBody(error: ProblemError, requestId: string): Problem {
  const { problem: name, detail, fields } = error;
  return {
    type: PROBLEM_TYPE_PREFIX + name,
    ...PROBLEMS[name],
    ...(detail === undefined ? {} : { detail }),
    requestId,
    ...(fields === undefined ? {} : { fields: [...fields] }),
  };
}

/** The fields that a schema refused, each with its reason; values are not repeated. */
export function refusedFields(error: z.ZodError): ProblemFields {
  return error.issues.map((issue) => ({ field: issue.path.join('.'), reason: issue.message }));
}

/** Null: our own fault. */
export function asProblem(error: unknown): ProblemError | null {
  if (error instanceof ProblemError) return error;
  if (error instanceof DatabaseError) return problemOfDatabase(error);
  return null;
}

// SQLSTATE, appendix A of PostgreSQL's manual. A rule of the database that no route looked at
// first is still an answer, if not the kindest one.
function problemOfDatabase({ sqlState, constraint }: DatabaseError): ProblemError | null {
  const detail = constraint === null ? undefined : `refused by ${constraint}`;
  if (sqlState === '23505' || sqlState === '23503') return problem('conflict', detail);
  if (sqlState === '23514' || sqlState.startsWith('22')) return problem('bad-request', detail);
  // Row-level security refuses to write a row that the asker would not see.
  if (sqlState === '42501') return problem('forbidden');
  if (UNAVAILABLE.test(sqlState)) return problem('unavailable');
  return null;
}

// Connection (08), shutting down and time limits (57), too many connections (53), locks (55), and
// conflicts that running it again did not mend (40).
const UNAVAILABLE = /^(08|57|53|55|40)/;

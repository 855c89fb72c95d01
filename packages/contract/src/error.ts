import { CODES, type ErrorCode } from './codes.ts';

/** The world failed in a way that the catalogue foresees. */
export class RmhError extends Error {
  override name = 'RmhError';
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, more: { hint?: string; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.hint = more.hint ?? CODES[code].hint;
  }

  /** May pass without a person's hand. */
  get heals(): boolean {
    return CODES[this.code].heals;
  }

  /** For a person: what, the code, and what to do. */
  describe(): string {
    const isList = this.message.includes('\n');
    return `${this.message}${isList ? '\n' : ' '}(${this.code})\n  ${this.hint}`;
  }
}

export function errnoOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** A cause in one line, for a log field. */
export function lineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}

import { assert } from '@rmh/base';

// util.inspect looks this symbol up by name, so no import of node:util is needed.
const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

/** Key bytes that print as [secret] and can be wiped. Keeps its own copy. */
export class SecretKey {
  readonly #bytes: Uint8Array;
  #wiped = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes.slice();
  }

  /** The key itself: for cryptography only, never kept and never changed. */
  get bytes(): Uint8Array {
    assert(!this.#wiped, 'a wiped key is not used');
    return this.#bytes;
  }

  get wiped(): boolean {
    return this.#wiped;
  }

  wipe(): void {
    this.#bytes.fill(0);
    this.#wiped = true;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [INSPECT](): string {
    return '[secret]';
  }
}

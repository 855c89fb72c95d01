// Messages with a head (packet.ts) over one TCP connection, non-blocking.
import type { Arena } from '@rmh/base';
import { allocateArena, Errno, type TcpStream } from '@rmh/netio';
import { emptyHead, HEAD_BYTES, type Head, readHead, writeHead } from './packet.ts';

// 3 Mbit/s in 16 KiB messages for 11 s, a whole outage of the canyon drive. Beyond, the
// application would not go on producing: the message is not made, so it is not counted as sent.
const QUEUE_MAX = 256;
const CHUNK_BYTES = 65_536;

export class MessageStream {
  readonly stream: TcpStream;
  readonly #arena: Arena = allocateArena(2 * CHUNK_BYTES);
  readonly #queue: Head[] = [];
  readonly #onMessage: (head: Head) => void;
  /** Bytes of the first message in the queue that the kernel has taken. */
  #taken = 0;
  readonly #head = emptyHead();
  #headFill = 0;
  #bodyLeft = 0;

  constructor(stream: TcpStream, onMessage: (head: Head) => void) {
    this.stream = stream;
    this.#onMessage = onMessage;
  }

  get waiting(): boolean {
    return this.#queue.length > 0;
  }

  /** False when the application must wait: the connection has not taken what it has. */
  queue(head: Head): boolean {
    if (this.#queue.length >= QUEUE_MAX) return false;
    this.#queue.push(head);
    return true;
  }

  /** Hands over what the kernel takes. Returns 0, or the errno that broke the connection. */
  flush(): number {
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      if (this.#taken === 0) writeHead(this.#arena.view, 0, head);
      // The head lies at 0; the filler behind it is whatever lies there.
      const at = Math.min(this.#taken, HEAD_BYTES);
      const bytes = Math.min(head.bytes - this.#taken, CHUNK_BYTES - HEAD_BYTES);
      const count = this.stream.send(this.#arena, at, bytes);
      if (count < 0) return count === -Errno.EAGAIN ? 0 : -count;
      this.#taken += count;
      if (this.#taken < head.bytes) continue;
      this.#queue.shift();
      this.#taken = 0;
    }
    return 0;
  }

  /** Reads all there is. Returns 0, or the errno that broke the connection (-1: closed). */
  receive(): number {
    for (;;) {
      const count = this.stream.receive(this.#arena, CHUNK_BYTES, CHUNK_BYTES);
      if (count === -Errno.EAGAIN) return 0;
      if (count === 0) return -1;
      if (count < 0) return -count;
      if (!this.#take(count)) return Errno.EINVAL;
    }
  }

  readonly #headBytes = new Uint8Array(HEAD_BYTES);
  readonly #headView = new DataView(this.#headBytes.buffer);

  #take(count: number): boolean {
    let at = CHUNK_BYTES;
    const end = CHUNK_BYTES + count;
    while (at < end) {
      if (this.#bodyLeft === 0) {
        const part = Math.min(HEAD_BYTES - this.#headFill, end - at);
        this.#headBytes.set(this.#arena.bytes.subarray(at, at + part), this.#headFill);
        this.#headFill += part;
        at += part;
        if (this.#headFill < HEAD_BYTES) return true;
        if (!readHead(this.#headView, 0, HEAD_BYTES, this.#head)) return false;
        this.#headFill = 0;
        this.#bodyLeft = this.#head.bytes - HEAD_BYTES;
      }
      const body = Math.min(this.#bodyLeft, end - at);
      this.#bodyLeft -= body;
      at += body;
      if (this.#bodyLeft === 0) this.#onMessage(this.#head);
    }
    return true;
  }
}

// Sockets of a station as sources of its loop.
import type { IpEndpoint } from '@rmh/base';
import { type DatagramOptions, Datagrams } from './datagrams.ts';
import type { Loop, Source } from './loop.ts';
import type { MessageStream } from './message-stream.ts';
import type { Head } from './packet.ts';

type OnPacket = (head: Head, atUs: number, from: () => IpEndpoint | null) => void;

/** Numbered datagrams, in and out. */
export class DatagramSource implements Source {
  readonly wantsWrite = false;
  ended = false;
  readonly #datagrams: Datagrams;
  readonly #onPacket: OnPacket;

  constructor(options: DatagramOptions, onPacket: OnPacket) {
    this.#datagrams = new Datagrams(options);
    this.#onPacket = onPacket;
  }

  get fd(): number {
    return this.#datagrams.fd;
  }

  send(head: Head, to: IpEndpoint): number {
    return this.#datagrams.send(head, to);
  }

  readable(nowUs: number): void {
    this.#datagrams.receive((head, from) => this.#onPacket(head, nowUs, from));
  }

  writable(): void {}

  close(): void {
    this.#datagrams.close();
  }
}

/** A connected stream of messages; ends when the connection breaks. */
export class MessageSource implements Source {
  ended = false;
  readonly messages: MessageStream;
  #connecting: boolean;

  constructor(messages: MessageStream, connecting: boolean) {
    this.messages = messages;
    this.#connecting = connecting;
  }

  get fd(): number {
    return this.messages.stream.fd;
  }

  get wantsWrite(): boolean {
    return this.#connecting || this.messages.waiting;
  }

  flush(): void {
    if (!this.#connecting && !this.ended && this.messages.flush() !== 0) this.ended = true;
  }

  readable(): void {
    if (!this.#connecting && this.messages.receive() !== 0) this.ended = true;
  }

  writable(): void {
    if (this.#connecting) {
      try {
        this.messages.stream.finishConnect();
      } catch {
        this.ended = true; // the owner tries again
        return;
      }
      this.#connecting = false;
    }
    this.flush();
  }

  close(): void {
    this.messages.stream.close();
  }
}

/** Replaced each time the last one ended, at most once a second. */
export class Redial {
  source: MessageSource | null = null;
  readonly #loop: Loop;
  readonly #dial: () => MessageSource;
  #nextUs = 0;

  constructor(loop: Loop, dial: () => MessageSource) {
    this.#loop = loop;
    this.#dial = dial;
  }

  get nextUs(): number {
    return this.source === null || this.source.ended ? this.#nextUs : Number.POSITIVE_INFINITY;
  }

  tick(nowUs: number): void {
    if (nowUs < this.nextUs) return;
    this.#nextUs = nowUs + 1_000_000;
    try {
      this.source = this.#dial();
    } catch {
      return; // no route yet, for one
    }
    this.#loop.add(this.source);
  }
}

import {
  REJECT_AFTER_MESSAGES,
  REJECT_AFTER_TIME_US,
  REKEY_AFTER_MESSAGES,
  ReplayWindow,
  type SessionKeys,
} from '@rmh/handshake';
import type { PacketAead, PacketKey } from '@rmh/wire';

/** One pair of transport keys with its counters (WireGuard paper, section 5.4.6). */
export class Keypair {
  readonly localIndex: number;
  readonly peerIndex: number;
  readonly initiator: boolean;
  readonly bornUs: number;
  readonly sendKey: PacketKey;
  readonly receiveKey: PacketKey;
  readonly replay = new ReplayWindow();
  sendCounter = 0;

  constructor(
    aead: PacketAead,
    keys: SessionKeys,
    indexes: { local: number; peer: number },
    initiator: boolean,
    nowUs: number,
  ) {
    this.sendKey = aead.importKey(keys.sendKey.bytes, 'seal');
    this.receiveKey = aead.importKey(keys.receiveKey.bytes, 'open');
    keys.sendKey.wipe();
    keys.receiveKey.wipe();
    this.localIndex = indexes.local;
    this.peerIndex = indexes.peer;
    this.initiator = initiator;
    this.bornUs = nowUs;
  }

  usable(nowUs: number): boolean {
    return nowUs - this.bornUs < REJECT_AFTER_TIME_US && this.sendCounter < REJECT_AFTER_MESSAGES;
  }

  get worn(): boolean {
    return this.sendCounter >= REKEY_AFTER_MESSAGES;
  }

  release(): void {
    this.sendKey.release();
    this.receiveKey.release();
  }
}

/**
 * The keys of one peer: `current` sends; `previous` still receives what is on the road; `next`
 * waits, at a responder, for the first message that proves that the initiator has it [KEY-1].
 */
export class KeyRing<Owner> {
  current: Keypair | null = null;
  previous: Keypair | null = null;
  next: Keypair | null = null;
  readonly #byIndex: Map<number, KeyOwner<Owner>>;
  readonly #owner: Owner;

  constructor(byIndex: Map<number, KeyOwner<Owner>>, owner: Owner) {
    this.#byIndex = byIndex;
    this.#owner = owner;
  }

  /** We initiated: the new keys send at once. */
  installInitiated(keypair: Keypair): void {
    this.#adopt(keypair);
    this.#drop(this.next);
    this.next = null;
    this.#drop(this.previous);
    this.previous = this.current;
    this.current = keypair;
  }

  /** We responded: the new keys receive, and send once confirmed. */
  installResponded(keypair: Keypair): void {
    this.#adopt(keypair);
    this.#drop(this.next);
    this.next = keypair;
  }

  /** A message under `keypair` was authentic: true when it confirmed `next`. */
  confirm(keypair: Keypair): boolean {
    if (keypair !== this.next) return false;
    this.#drop(this.previous);
    this.previous = this.current;
    this.current = keypair;
    this.next = null;
    return true;
  }

  /** The other end began anew: what it sealed before belongs to numbers that are forgotten. */
  forgetPrevious(): void {
    this.#drop(this.previous);
    this.previous = null;
  }

  /** Wipes what is too old to be used at all [KEY-2]. */
  expire(nowUs: number): void {
    if (this.next !== null && !this.next.usable(nowUs)) {
      this.#drop(this.next);
      this.next = null;
    }
    if (this.previous !== null && !this.previous.usable(nowUs)) {
      this.#drop(this.previous);
      this.previous = null;
    }
    if (this.current !== null && !this.current.usable(nowUs)) {
      this.#drop(this.current);
      this.current = null;
    }
  }

  wipe(): void {
    for (const keypair of [this.current, this.previous, this.next]) this.#drop(keypair);
    this.current = this.previous = this.next = null;
  }

  #adopt(keypair: Keypair): void {
    this.#byIndex.set(keypair.localIndex, { keypair, owner: this.#owner });
  }

  #drop(keypair: Keypair | null): void {
    if (keypair === null) return;
    this.#byIndex.delete(keypair.localIndex);
    keypair.release();
  }
}

export interface KeyOwner<Owner> {
  readonly keypair: Keypair;
  readonly owner: Owner;
}

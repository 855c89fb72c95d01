// How a machine proves who asks: each request is signed with its identity key (Ed25519).
//
//   Authorization: RMH-Proof key="…", at="…", to="…", nonce="…", signature="…"
//
// The signature covers method, path with query, time, the process of the platform that it is for,
// nonce and the body's SHA-256, each on a line of its own, below a first line that no other
// protocol signs. The server finds the machine by the key, checks the signature, then the time,
// and remembers the nonce. A proof for another process passes nowhere but there, so each process
// needs to remember only what it saw itself, and nothing of a run before. It answers with its name:
//
//   WWW-Authenticate: RMH-Proof to="…"
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { PROOF_SCHEME } from '../api/enrolment.ts';

export const IDENTITY_KEY_BYTES = 32;
/** 128 bits: two machines never choose the same. */
const NONCE_BYTES = 16;
// RFC 8410: what stands before the 32 bytes in PKCS #8 and in SPKI.
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

/** Who a machine is. Prints as [secret]. */
export class Identity {
  readonly #key: KeyObject;
  /** Ed25519, raw, base64. */
  readonly publicKey: string;

  /** `seed`: 32 random bytes, the private key of RFC 8032. */
  constructor(seed: Uint8Array) {
    const key = Buffer.concat([PKCS8_HEAD, seed]);
    this.#key = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    key.fill(0);
    const spki = createPublicKey(this.#key).export({ format: 'der', type: 'spki' });
    this.publicKey = spki.subarray(SPKI_HEAD.length).toString('base64');
  }

  /** Ed25519 signature, base64: 64 bytes. */
  sign(text: string): string {
    return sign(null, Buffer.from(text), this.#key).toString('base64');
  }

  toJSON(): string {
    return '[secret]';
  }
}

export interface ProvedRequest {
  readonly method: string;
  /** Path and query, as they stand in the request line. */
  readonly path: string;
  /** The body's bytes as they are sent; null: none. */
  readonly body: string | Uint8Array | null;
}

export interface Proof {
  /** The machine's identity key, base64. */
  readonly key: string;
  /** When, by the machine's clock, Unix ms. */
  readonly atMs: number;
  /** Name of the process it is for; '' where the machine knows none yet. */
  readonly to: string;
  readonly nonce: string;
  readonly signature: string;
}

type Claim = Pick<Proof, 'atMs' | 'to' | 'nonce'>;

export function proofText(request: ProvedRequest, { atMs, to, nonce }: Claim): string {
  const digest = createHash('sha256')
    .update(request.body ?? '')
    .digest('hex');
  return ['rmh-proof', request.method, request.path, atMs, to, nonce, digest].join('\n');
}

/** The value of the Authorization header. `to`: name of the process that shall take it. */
export function proveRequest(
  identity: Identity,
  request: ProvedRequest,
  atMs: number,
  to: string,
): string {
  const nonce = randomBytes(NONCE_BYTES).toString('base64url');
  const signature = identity.sign(proofText(request, { atMs, to, nonce }));
  const claim = `key="${identity.publicKey}", at="${atMs}", to="${to}", nonce="${nonce}"`;
  return `${PROOF_SCHEME} ${claim}, signature="${signature}"`;
}

const PROOF_FORM = new RegExp(
  `^${PROOF_SCHEME} key="([A-Za-z0-9+/]{43}=)", at="(\\d{13})", to="([\\w-]{22}|)", ` +
    'nonce="([\\w-]{22})", signature="([A-Za-z0-9+/]{86}==)"$',
);
const CHALLENGE_FORM = new RegExp(`^${PROOF_SCHEME} to="([\\w-]{22})"$`);

/** What the header claims, or null where it has not this form. */
export function readProof(header: string): Proof | null {
  const [, key, at, to, nonce, signature] = PROOF_FORM.exec(header) ?? [];
  if (!key || !at || to === undefined || !nonce || !signature) return null;
  return { key, atMs: Number(at), to, nonce, signature };
}

/** A new name for a process: never that of another one, or of its own last run. */
export function newProcessName(): string {
  return randomBytes(NONCE_BYTES).toString('base64url');
}

/** What a process says that got a proof for another one. */
export function challengeOf(processName: string): string {
  return `${PROOF_SCHEME} to="${processName}"`;
}

/** The name of the process that says it; null where it is no such challenge. */
export function readChallenge(header: string): string | null {
  return CHALLENGE_FORM.exec(header)?.[1] ?? null;
}

/** Is the signature that of the key? Whose key it is, the time and the nonce are the caller's. */
export function isProved(proof: Proof, request: ProvedRequest): boolean {
  return isSigned(proof.key, proofText(request, proof), proof.signature);
}

/** Signs a machine's requests for the process that it spoke to last. */
export class Prover {
  readonly #identity: Identity;
  readonly #nowMs: () => number;
  #to = '';

  constructor(identity: Identity, nowMs: () => number) {
    this.#identity = identity;
    this.#nowMs = nowMs;
  }

  sign(request: ProvedRequest): Record<string, string> {
    return { authorization: proveRequest(this.#identity, request, this.#nowMs(), this.#to) };
  }

  /** True: signed once more, the request is for the process that answered so. */
  challenged(challenge: string): boolean {
    const to = readChallenge(challenge);
    if (to !== null) this.#to = to;
    return to !== null;
  }
}

/** What a machine signs to become known. */
export function enrolText(token: string): string {
  return `rmh-enrol:${token}`;
}

/** `publicKey` and `signature` in base64; false too where the key is none. */
export function isSigned(publicKey: string, text: string, signature: string): boolean {
  const raw = Buffer.from(publicKey, 'base64');
  if (raw.length !== IDENTITY_KEY_BYTES) return false;
  const key = createPublicKey({
    key: Buffer.concat([SPKI_HEAD, raw]),
    format: 'der',
    type: 'spki',
  });
  return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'));
}

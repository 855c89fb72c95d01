// How a machine proves who asks: each request is signed with its identity key (Ed25519).
//
//   Authorization: RMH-Proof key="…", at="…", nonce="…", signature="…"
//
// The signature covers method, path with query, time, nonce and the body's SHA-256, each on a line
// of its own, below a first line that no other protocol signs. The server finds the machine by the
// key, checks the signature, then the time, and remembers the nonce.
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
  readonly nonce: string;
  readonly signature: string;
}

export function proofText(request: ProvedRequest, atMs: number, nonce: string): string {
  const digest = createHash('sha256')
    .update(request.body ?? '')
    .digest('hex');
  return ['rmh-proof', request.method, request.path, atMs, nonce, digest].join('\n');
}

/** The value of the Authorization header. */
export function proveRequest(identity: Identity, request: ProvedRequest, atMs: number): string {
  const nonce = randomBytes(NONCE_BYTES).toString('base64url');
  const signature = identity.sign(proofText(request, atMs, nonce));
  const claim = `key="${identity.publicKey}", at="${atMs}", nonce="${nonce}"`;
  return `${PROOF_SCHEME} ${claim}, signature="${signature}"`;
}

const PROOF_FORM = new RegExp(
  `^${PROOF_SCHEME} key="([A-Za-z0-9+/]{43}=)", at="(\\d{13})", nonce="([\\w-]{22})", ` +
    'signature="([A-Za-z0-9+/]{86}==)"$',
);

/** What the header claims, or null where it has not this form. */
export function readProof(header: string): Proof | null {
  const [, key, at, nonce, signature] = PROOF_FORM.exec(header) ?? [];
  if (!key || !at || !nonce || !signature) return null;
  return { key, atMs: Number(at), nonce, signature };
}

/** Is the signature that of the key? Whose key it is, the time and the nonce are the caller's. */
export function isProved(proof: Proof, request: ProvedRequest): boolean {
  return isSigned(proof.key, proofText(request, proof.atMs, proof.nonce), proof.signature);
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

// Evidence as bytes: canonical JSON, its SHA-256, an Ed25519 signature. A pack is canonical itself,
// so there is one text only that says the same, and every altered byte is seen.
import { createHash } from 'node:crypto';
import { EVIDENCE_PACK, type Evidence, type EvidencePack } from '@rmh/contract/api';
import { type Identity, isSigned } from '@rmh/contract/daemon';

/** RFC 8785 for what evidence holds: no numbers but those that JSON.stringify writes alike. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, held: unknown) =>
    held !== null && typeof held === 'object' && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : held,
  );
}

export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

/** 64 bits name a key among the few that there are. */
export const keyIdOf = (publicKey: string): string =>
  createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex').slice(0, 16);

export interface Signed {
  /** The very text that was hashed and signed. */
  readonly content: string;
  readonly sha256: string;
  readonly signature: string;
  readonly keyId: string;
}

export function sign(evidence: Evidence, identity: Identity): Signed {
  const content = canonical(evidence);
  return {
    content,
    sha256: sha256Of(content),
    signature: identity.sign(content),
    keyId: keyIdOf(identity.publicKey),
  };
}

export function packText({ content, sha256, signature, keyId }: Signed): string {
  return canonical({ evidence: JSON.parse(content) as unknown, sha256, signature, keyId });
}

export type PackVerdict =
  | { readonly kind: 'whole'; readonly pack: EvidencePack }
  /** Not a pack, or not the one text that it may be. */
  | { readonly kind: 'not-canonical' }
  | { readonly kind: 'other-key' }
  | { readonly kind: 'altered' };

/** `publicKey`: of the platform, raw, base64, got another way than with the pack. */
export function verifyPack(text: string, publicKey: string): PackVerdict {
  const parsed = EVIDENCE_PACK.safeParse(parsedOrNull(text));
  if (!parsed.success || canonical(parsed.data) !== text) return { kind: 'not-canonical' };
  const { evidence, sha256, signature, keyId } = parsed.data;
  if (keyId !== keyIdOf(publicKey)) return { kind: 'other-key' };
  const content = canonical(evidence);
  // Base64 has texts that mean the same bytes; only one of them was written.
  const isOneText = Buffer.from(signature, 'base64').toString('base64') === signature;
  const isWhole = sha256Of(content) === sha256 && isOneText;
  return isWhole && isSigned(publicKey, content, signature)
    ? { kind: 'whole', pack: parsed.data }
    : { kind: 'altered' };
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null; // said by the verdict
  }
}

// A certificate for a platform that was given none: self-signed, P-256, for ten years. Machines do
// not ask who signed it; they compare its SHA-256 with the one in their enrolment token. So a new
// one would cut them all off, and it is made once and kept.
import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';

export interface Certificate {
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
}

const YEARS = 10;

export function makeCertificate(hosts: readonly string[], nowMs: number): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = seq(set(seq(oid('550403'), utf8('rmh-platform')))); // commonName
  const toBeSigned = seq(
    tagged(0, integer(Uint8Array.of(2))), // version 3
    integer(positive(randomBytes(16))),
    seq(ECDSA_SHA256),
    name,
    seq(time(nowMs - 86_400_000), time(nowMs + YEARS * 365 * 86_400_000)),
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
    tagged(3, seq(alternativeNames(hosts))),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const der = seq(toBeSigned, seq(ECDSA_SHA256), element(0x03, Uint8Array.of(0), signature));
  return {
    certificate: pem('CERTIFICATE', der),
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  };
}

/** SHA-256 of the certificate, base64url: what an enrolment token carries. */
export function fingerprintOf(certificate: string): string {
  return createHash('sha256').update(new X509Certificate(certificate).raw).digest('base64url');
}

// DER (X.690), as far as a certificate needs it: tag, length, content.
function element(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  // At most 64 KiB, which no certificate of ours reaches.
  const head = length < 128 ? [tag, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Uint8Array.from(head), content]);
}

const seq = (...parts: Uint8Array[]) => element(0x30, ...parts);
const set = (...parts: Uint8Array[]) => element(0x31, ...parts);
const tagged = (number: number, content: Uint8Array) => element(0xa0 + number, content);
const integer = (bytes: Uint8Array) => element(0x02, bytes);
const oid = (hex: string) => element(0x06, Buffer.from(hex, 'hex'));
const utf8 = (text: string) => element(0x0c, Buffer.from(text));
const octets = (content: Uint8Array) => element(0x04, content);

const ECDSA_SHA256 = oid('2a8648ce3d040302');
const SUBJECT_ALT_NAME = oid('551d11');

// The first bit says the sign, and a zero in front of it would be one byte too many.
function positive(bytes: Uint8Array): Uint8Array {
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

/** RFC 5280: two digits of the year before 2050. */
function time(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  const isLate = Number(digits.slice(0, 4)) >= 2050;
  return isLate ? element(0x18, Buffer.from(digits)) : element(0x17, Buffer.from(digits.slice(2)));
}

function alternativeNames(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) => {
    const address = /^\d+\.\d+\.\d+\.\d+$/.test(host) ? host.split('.').map(Number) : null;
    // iPAddress [7], dNSName [2]
    return address === null
      ? element(0x82, Buffer.from(host, 'ascii'))
      : element(0x87, Uint8Array.from(address));
  });
  return seq(SUBJECT_ALT_NAME, octets(seq(...names)));
}

function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

// The certificate of the HTTPS listener: the operator's, or our own, made once and kept.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lineOf, RmhError } from '@rmh/contract';
import type { PlatformSettings } from '../settings.ts';
import { type Certificate, fingerprintOf, makeCertificate } from './certificate.ts';

export interface OwnCertificate extends Certificate {
  /** Null for the operator's: every system trusts who signed it, and it is renewed. */
  readonly fingerprint: string | null;
}

export function ownCertificate(settings: PlatformSettings, nowMs: number): OwnCertificate {
  const { dataDirectory, https, publicUrl, machineUrl } = settings;
  const { certificateFile, keyFile } = https ?? {};
  if (certificateFile !== undefined && keyFile !== undefined) {
    return { certificate: read(certificateFile), key: read(keyFile), fingerprint: null };
  }
  const certificateAt = join(dataDirectory, 'certificate.pem');
  const keyAt = join(dataDirectory, 'certificate.key');
  if (!existsSync(certificateAt) || !existsSync(keyAt)) {
    const hosts = [publicUrl, machineUrl ?? publicUrl].map((url) => new URL(url).hostname);
    const made = makeCertificate([...new Set([...hosts, 'localhost', '127.0.0.1'])], nowMs);
    writeFileSync(keyAt, made.key, { mode: 0o600 });
    writeFileSync(certificateAt, made.certificate, { mode: 0o644 });
  }
  const certificate = read(certificateAt);
  return { certificate, key: read(keyAt), fingerprint: fingerprintOf(certificate) };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new RmhError('RMH_KEY_UNREADABLE', `${file}: ${lineOf(error)}`, { cause: error });
  }
}

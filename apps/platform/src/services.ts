// What routes and jobs may use: made once by program.ts, replaced piece by piece in tests.
import type { Identity, Log } from '@rmh/contract/daemon';
import type { NotifySettings } from './alarms/notify/settings.ts';
import type { Database } from './db/database.ts';
import type { PlatformSettings } from './settings.ts';

export interface Services {
  readonly db: Database;
  readonly log: Log;
  readonly nowMs: () => number;
  /** Seals what must not lie in the clear in the database: preshared keys, webhook secrets. */
  readonly vault: Vault;
  /** Addresses as others reach this service, no slash at the end. */
  readonly publicUrl: string;
  /** Where units and gateways ask. */
  readonly machineUrl: string;
  /** SHA-256 of our certificate (DER), base64url. Null: one that every system trusts. */
  readonly certificateFingerprint: string | null;
  readonly settings: PlatformSettings;
  /** Mail server, and where webhooks may go; without it, public addresses and no mail. */
  readonly notify?: NotifySettings;
}

export interface Vault {
  seal(plain: Uint8Array): Uint8Array;
  /** Throws when it was altered or sealed under another key. */
  open(sealed: Uint8Array): Uint8Array;
  /** A signing key of the platform for one purpose: the same in all its processes, never stored. */
  identity(purpose: string): Identity;
}

/** Runs in one of the platform's processes at a time, however many there are. */
export interface Job {
  readonly name: string;
  readonly everyMs: number;
  run(services: Services): Promise<void>;
}

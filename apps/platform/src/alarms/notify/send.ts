// One message to one target: a signed webhook, or a mail.
import type { Services } from '../../services.ts';
import { type MailText, mail } from './mail.ts';
import { NO_NOTIFY_SETTINGS } from './settings.ts';
import { type Delivered, post } from './webhook.ts';

export interface Target {
  /** https:, or mailto: */
  readonly target: string;
  /** Sealed; null for mail. */
  readonly secret: Uint8Array | null;
}

export interface Message {
  /** The same for the same message sent again. */
  readonly id: string;
  readonly type: string;
  /** When it happened, Unix ms. */
  readonly atMs: number;
  readonly data: unknown;
  readonly mail: MailText;
}

/** Never throws: what went wrong is in the answer. */
export async function sendTo(
  { target, secret }: Target,
  message: Message,
  services: Services,
): Promise<Delivered> {
  const settings = services.notify ?? NO_NOTIFY_SETTINGS;
  const { id, type, atMs, data } = message;
  if (target.startsWith('mailto:')) return await mail(target, { ...message.mail, id }, settings);
  if (secret === null) return { status: null, fault: 'it has no secret' };
  const body = JSON.stringify({ type, timestamp: new Date(atMs).toISOString(), data });
  const timeS = Math.floor(services.nowMs() / 1_000);
  return await post(target, { id, timeS, body, secret: services.vault.open(secret) }, settings);
}

// What the operator of the platform decides about telling others of alarms.
import { z } from 'zod';

export const MAIL_SETTINGS = z.strictObject({
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65_535).default(587),
  /** TLS from the first byte (port 465). Else STARTTLS, which `requireTls` insists on. */
  secure: z.boolean().default(false),
  requireTls: z.boolean().default(true),
  from: z.string().min(3).max(320),
  user: z.string().max(320).nullable().default(null),
  password: z.string().max(1_000).nullable().default(null),
});

export const NOTIFY_SETTINGS = z.strictObject({
  /**
   * Prefixes that webhooks may reach though they are not public, such as '10.40.0.0/16' for a
   * control room's own systems. Plain http is allowed to loopback only, when it is named here.
   */
  webhooksAlsoTo: z
    .array(z.union([z.cidrv4(), z.cidrv6()]))
    .max(50)
    .default([]),
  mail: MAIL_SETTINGS.nullable().default(null),
});
export type NotifySettings = z.infer<typeof NOTIFY_SETTINGS>;
export type MailSettings = z.infer<typeof MAIL_SETTINGS>;

export const NO_NOTIFY_SETTINGS: NotifySettings = { webhooksAlsoTo: [], mail: null };

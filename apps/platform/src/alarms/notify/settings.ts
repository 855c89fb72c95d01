// What the operator of the platform decides about telling others of alarms.
import { z } from 'zod';
import { described as meta } from '../../settings-meta.ts';

export const MAIL_SETTINGS = z.strictObject({
  host: z.string().min(1).max(253).meta(meta('The mail server.', 'a host name or IP address')),
  port: z.int().min(1).max(65_535).default(587).meta(meta('Its port.', 'a port')),
  secure: z
    .boolean()
    .default(false)
    .meta(meta('TLS from the first byte (port 465). Else STARTTLS.', 'true or false')),
  requireTls: z
    .boolean()
    .default(true)
    .meta(meta('No mail over a line that is not encrypted.', 'true or false')),
  from: z.string().min(3).max(320).meta(meta('Whom mail comes from.', 'an e-mail address')),
  user: z.string().max(320).nullable().default(null).meta(meta('Name at the server.', 'a name')),
  password: z
    .string()
    .max(1_000)
    .nullable()
    .default(null)
    .meta(meta('Password at the server; the file is then mode 0600.', 'a password')),
});

export const NOTIFY_SETTINGS = z.strictObject({
  webhooksAlsoTo: z
    .array(z.union([z.cidrv4(), z.cidrv6()]))
    .max(50)
    .default([])
    .meta(
      meta(
        'Webhooks may go there though it is not public, such as 10.40.0.0/16 of a control room.' +
          ' Plain HTTP to loopback only, when it is named here.',
        'at most 50 prefixes',
      ),
    ),
  mail: MAIL_SETTINGS.nullable()
    .default(null)
    .meta(meta('Server for mail. null: no mail.', 'the fields of mail')),
});
export type NotifySettings = z.infer<typeof NOTIFY_SETTINGS>;
export type MailSettings = z.infer<typeof MAIL_SETTINGS>;

export const NO_NOTIFY_SETTINGS: NotifySettings = { webhooksAlsoTo: [], mail: null };

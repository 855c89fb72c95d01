// A message that says nothing but that the way is open: whoever sets a recipient up sees at once
// whether it arrives, and why not.
import { randomUUID } from 'node:crypto';
import { WEBHOOK_TRIED } from '@rmh/contract/api';
import { z } from 'zod';
import { problem } from '../../http/problem.ts';
import { route } from '../../http/route.ts';
import { audit } from '../../identity/audit.ts';
import { type Message, sendTo, type Target } from './send.ts';

interface Recipient extends Target {
  readonly id: number;
  readonly organisation_id: number;
  readonly name: string;
}

export const testDelivery = route({
  id: 'webhooks.test',
  method: 'POST',
  path: '/webhooks/:webhookId/test',
  summary: 'Send one a test message now, also while it is switched off, and tell what became of it',
  access: 'webhook.write',
  params: z.strictObject({ webhookId: z.coerce.number().int().positive() }),
  reply: WEBHOOK_TRIED,
  // It makes us send: enough for setting one up, too little to knock on many doors.
  perMinute: 10,
  // A receiver may take ten seconds, and a transaction would hold the database for as long.
  readsLong: true,
  async answer({ sql, params, services, ...ask }) {
    const [recipient] = await sql.query<Recipient>(
      'SELECT id, organisation_id, name, target, secret FROM webhook WHERE id = $1',
      [params.webhookId],
    );
    if (recipient === undefined) throw problem('not-found');
    // Before it leaves: who makes us send stands in the log, whatever happens then.
    await audit(sql, {
      ask,
      action: 'webhook.test',
      organisationId: recipient.organisation_id,
      object: { kind: 'webhook', id: recipient.id },
    });
    const message = testMessage(recipient, ask.nowMs, services.publicUrl);
    return { body: await sendTo(recipient, message, services) };
  },
});

function testMessage({ id, name }: Recipient, atMs: number, consoleUrl: string): Message {
  return {
    id: `test-${randomUUID()}`,
    type: 'test',
    atMs,
    data: { webhookId: id, name },
    mail: {
      subject: `[Prøve] ${name}`,
      text:
        'Dette er en prøve fra Robust mobilt helsenett. Varsler kommer fram til denne adressen.\n' +
        `\n${consoleUrl}/alarms?view=recipients&recipient=${id}\n`,
    },
  };
}

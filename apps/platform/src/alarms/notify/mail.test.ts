import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alarm } from '@rmh/contract/api';
import { SMTPServer } from 'smtp-server';
import { mail, mailText } from './mail.ts';
import { MAIL_SETTINGS } from './settings.ts';

const ALARM: Alarm = {
  id: 41,
  organisationId: 2,
  kind: 'carrier-area',
  severity: 'major',
  state: 'raised',
  acknowledged: false,
  simulated: true,
  vehicleId: null,
  callSign: null,
  gatewayId: null,
  carrier: 'telia',
  cells: ['860998097ffffff'],
  vehicles: 60,
  raisedAt: '2026-01-15T12:00:30.000Z',
  since: '2026-01-15T12:00:00.000Z',
  clearedAt: null,
  clearedBy: null,
  partOf: null,
  acknowledgedBy: null,
  acknowledgedAt: null,
  version: 1,
};

test('A mail says what is wrong since when, marks what is made up, tells no place', () => {
  const { subject, text } = mailText(ALARM, 'raised', 'https://rmh.example');
  assert.equal(
    subject,
    '[Alvorlig] telia er borte for 60 kjøretøy i et område (simulert kjøretøy)',
  );
  assert.match(text, /Siden: 15\. jan\. 2026, 13:00:00/);
  assert.match(text, /https:\/\/rmh\.example\/alarms\?alarm=41/);
  assert.doesNotMatch(text + subject, /860998097/);
  const cleared = { ...ALARM, state: 'cleared', clearedAt: ALARM.raisedAt } as const;
  assert.match(mailText(cleared, 'cleared', '').subject, /^\[Alvorlig\] Avsluttet: /);
});

test('A mail arrives at a real server, its Message-ID the same each time', async () => {
  const letters: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        letters.push(Buffer.concat(chunks).toString());
        done();
      });
    },
    onRcptTo(address, _session, done) {
      done(address.address.startsWith('vakt') ? null : new Error('unknown here'));
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as { port: number };
  const given = { host: '127.0.0.1', port, requireTls: false, from: 'RMH <rmh@helse.example>' };
  const settings = { webhooksAlsoTo: [], mail: MAIL_SETTINGS.parse(given) };
  const message = { ...mailText(ALARM, 'raised', 'https://rmh.example'), id: 'alarm-event-9' };
  for (let i = 0; i < 2; i++) {
    const sent = await mail('mailto:vakt@helse.example', message, settings);
    assert.deepEqual(sent, { status: 250, fault: null });
  }
  for (const letter of letters) assert.match(letter, /Message-ID: <alarm-event-9@rmh>/i);
  assert.match(letters[0] ?? '', /To: vakt@helse\.example/);
  const unknown = await mail('mailto:nobody@helse.example', message, settings);
  assert.equal(unknown.status, 550);
  assert.notEqual(unknown.fault, null);
  // A server that offers no TLS gets no mail, unless the operator said so.
  const strict = { ...settings, mail: MAIL_SETTINGS.parse({ ...given, requireTls: true }) };
  assert.notEqual((await mail('mailto:vakt@helse.example', message, strict)).fault, null);
  assert.equal(letters.length, 2);
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

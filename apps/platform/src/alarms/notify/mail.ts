// An alarm as a mail, in plain words. No positions: mail is kept in many places.

import type { Alarm, AlarmKind, Severity } from '@rmh/contract/api';
import { createTransport } from 'nodemailer';
import type { AlarmEvent } from './outbox.ts';
import type { MailSettings, NotifySettings } from './settings.ts';
import type { Delivered } from './webhook.ts';

const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  critical: 'Kritisk',
  major: 'Alvorlig',
  minor: 'Mindre alvorlig',
  warning: 'Til orientering',
};

const EVENT_WORDS: Readonly<Record<AlarmEvent, string>> = {
  raised: 'Nytt varsel',
  updated: 'Varselet er endret',
  cleared: 'Varselet er avsluttet',
};

const KIND_WORDS: Readonly<Record<AlarmKind, (alarm: Alarm) => string>> = {
  'vehicle-down': (alarm) => `${nameOf(alarm)} er uten tjeneste`,
  'carrier-down': (alarm) => `${nameOf(alarm)} er uten ${alarm.carrier}`,
  'vehicle-silent': (alarm) => `${nameOf(alarm)} har ikke meldt seg`,
  'carrier-area': (alarm) => `${alarm.carrier} er borte for ${alarm.vehicles} kjøretøy i et område`,
  'gateway-silent': () => 'En gateway svarer ikke',
  'configuration-refused': (alarm) => `${nameOf(alarm)} gikk tilbake fra en ny konfigurasjon`,
  'unit-unhealthy': (alarm) => `Enheten i ${nameOf(alarm)} trenger tilsyn`,
};

function nameOf(alarm: Alarm): string {
  return alarm.callSign ?? 'Et kjøretøy';
}

export interface MailText {
  readonly subject: string;
  readonly text: string;
}

/** `consoleUrl`: where the reader finds the alarm. */
export function mailText(alarm: Alarm, event: AlarmEvent, consoleUrl: string): MailText {
  const what = KIND_WORDS[alarm.kind](alarm);
  const made = alarm.simulated ? ' (simulert kjøretøy)' : '';
  const lines = [
    `${EVENT_WORDS[event]}: ${what}${made}.`,
    '',
    `Alvorlighet: ${SEVERITY_WORDS[alarm.severity]}`,
    `Siden: ${osloTime(alarm.since)}`,
    ...(alarm.clearedAt === null ? [] : [`Avsluttet: ${osloTime(alarm.clearedAt)}`]),
    ...(alarm.partOf === null ? [] : [`Inngår i varsel ${alarm.partOf}`]),
    '',
    `${consoleUrl}/alarms?alarm=${alarm.id}`,
  ];
  const over = event === 'cleared' ? 'Avsluttet: ' : '';
  return {
    subject: `[${SEVERITY_WORDS[alarm.severity]}] ${over}${what}${made}`,
    text: `${lines.join('\n')}\n`,
  };
}

const OSLO = new Intl.DateTimeFormat('nb-NO', {
  dateStyle: 'medium',
  timeStyle: 'medium',
  timeZone: 'Europe/Oslo',
});

export function osloTime(at: string): string {
  return OSLO.format(new Date(at));
}

/** Never throws. `id` names the message, so that a mailbox shows a double once. */
export async function mail(
  target: string,
  message: MailText & { id: string },
  settings: NotifySettings,
): Promise<Delivered> {
  if (settings.mail === null) return { status: null, fault: 'this platform has no mail server' };
  const transport = transportOf(settings.mail);
  try {
    await transport.sendMail({
      from: settings.mail.from,
      to: target.slice('mailto:'.length),
      subject: message.subject,
      text: message.text,
      messageId: `<${message.id}@rmh>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    return { status: 250, fault: null };
  } catch (error) {
    const { responseCode, code } = error as { responseCode?: number; code?: string };
    return { status: responseCode ?? null, fault: code ?? 'it failed' };
  } finally {
    transport.close();
  }
}

function transportOf({ host, port, secure, requireTls, user, password }: MailSettings) {
  return createTransport({
    host,
    port,
    secure,
    requireTLS: requireTls,
    ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
  });
}

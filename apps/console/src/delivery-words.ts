// Why a message did not arrive, in the reader's words. What the platform calls it is a code for
// machines; one that is not known here stands as it is.
import type { WebhookTried } from '@rmh/contract/api';
import type { Say, Word } from './words/say.ts';

const FAULTS: readonly (readonly [pattern: RegExp, word: Word])[] = [
  [/^no answer in time$|^ETIMEDOUT$|^ECONNRESET$|^ESOCKET$/, 'fault.noAnswer'],
  [/^ECONNREFUSED$|^ECONNECTION$|^EHOSTUNREACH$|^ENETUNREACH$/, 'fault.nobodyThere'],
  [/^ENOTFOUND$|^EAI_AGAIN$|^EDNS$/, 'fault.noName'],
  [/may reach$/, 'fault.mayNot'],
  [/CERT|SELF_SIGNED|UNABLE_TO_|^ERR_TLS|^ERR_SSL|^EPROTO$|^ETLS$/, 'fault.certificate'],
  [/^HTTP 3\d\d$/, 'fault.elsewhere'],
  [/^HTTP (401|403)$|^EAUTH$/, 'fault.notLetIn'],
  [/^HTTP (404|410)$|^EENVELOPE$/, 'fault.unknownAddress'],
  [/^HTTP 5\d\d$/, 'fault.receiverFailed'],
  [/mail server$/, 'problem.noMail'],
];

/** '' where it arrived. */
export function faultText(t: Say, { fault }: Pick<WebhookTried, 'fault'>): string {
  if (fault === null) return '';
  const known = FAULTS.find(([pattern]) => pattern.test(fault));
  if (known === undefined) return t('fault.other', { fault });
  const [, code] = /^(HTTP \d+|[A-Z_]+)$/.exec(fault) ?? [];
  return code === undefined ? t(known[1]) : `${t(known[1])} (${code})`;
}

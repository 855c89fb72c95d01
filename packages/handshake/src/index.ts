export { CookieChecker, CookieJar } from './cookies.ts';
export type { HandshakeCrypto } from './crypto.ts';
export {
  type LocalIdentity,
  localIdentity,
  type RemoteIdentity,
  remoteIdentity,
} from './identity.ts';
export {
  consumeInitiation,
  createInitiation,
  type InitiationInput,
  type InitiatorState,
  type ReceivedInitiation,
  type ResponderState,
} from './initiation.ts';
export {
  COOKIE_LIFETIME_US,
  KEEPALIVE_TIMEOUT_US,
  REJECT_AFTER_MESSAGES,
  REJECT_AFTER_TIME_US,
  REKEY_AFTER_MESSAGES,
  REKEY_AFTER_TIME_US,
  REKEY_ATTEMPT_TIME_US,
  REKEY_TIMEOUT_US,
} from './lifetimes.ts';
export { HandshakeLoad, SOURCES_MAX, SourceLimiter, sourceKey } from './load.ts';
export { checkMac1 } from './macs.ts';
export { REPLAY_WINDOW_COUNTERS, ReplayWindow } from './replay.ts';
export {
  consumeResponse,
  createResponse,
  type ResponseInput,
  type SessionKeys,
  wipeHandshake,
} from './response.ts';
export { SecretKey } from './secret.ts';

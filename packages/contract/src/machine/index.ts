export { hasField, withFields } from './fields-in-yaml.ts';
export { type Bite, Journal, type JournalLimits, readJournal } from './journal.ts';
export { readKept, writeKept } from './kept.ts';
export { pause } from './pause.ts';
export { fingerprintHex, type PinnedFetch, pinnedFetch, WrongCertificate } from './pinned-fetch.ts';
export { type Asked, Backoff, PlatformLink } from './platform-link.ts';
export { type PreviousRun, RunMarker } from './run-marker.ts';

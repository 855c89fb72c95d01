/**
 * How long keys live and how often we try (WireGuard paper, section 6.1, table of constants).
 * Times in microseconds.
 */
const SECOND_US = 1_000_000;

// The paper has 2^60 and 2^64 - 2^13 - 1. Our counters are numbers, exact below 2^53; the age of a
// key ends it long before: 10 million packets/s × 180 s = 1.8 × 10^9 < 2^31. [HS-8]
export const REKEY_AFTER_MESSAGES = 2 ** 40;
export const REJECT_AFTER_MESSAGES = 2 ** 48;

export const REKEY_AFTER_TIME_US = 120 * SECOND_US;
export const REJECT_AFTER_TIME_US = 180 * SECOND_US;
export const REKEY_ATTEMPT_TIME_US = 90 * SECOND_US;
export const REKEY_TIMEOUT_US = 5 * SECOND_US;
export const KEEPALIVE_TIMEOUT_US = 10 * SECOND_US;
/** A secret for cookies, and a cookie, live this long (section 5.4.7). */
export const COOKIE_LIFETIME_US = 120 * SECOND_US;

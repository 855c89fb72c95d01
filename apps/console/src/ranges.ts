// Ranges of whole days, Europe/Oslo at heart but asked in UTC: the figures are by UTC day.
import { useMemo } from 'react';

export const DAYS = ['1', '7', '30', '90'] as const;
export type Days = (typeof DAYS)[number];
const DAY_MS = 86_400_000;

/** The last so many days, to the end of the running hour, so that the answer can be kept. */
export function useDays(days: string | undefined, fallback: Days) {
  const wanted = DAYS.find((one) => one === days) ?? fallback;
  const hour = Math.ceil(Date.now() / 3_600_000);
  return useMemo(() => {
    const toMs = hour * 3_600_000;
    const fromMs = toMs - Number(wanted) * DAY_MS;
    return {
      days: wanted,
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
    };
  }, [wanted, hour]);
}

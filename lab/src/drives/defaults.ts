// What stands in where a drive measured nothing. docs/drives.md explains each and its source.

/** Half the RTT to a nearby server on Norwegian 4G, less the server's own path. */
export const RTT_MS_DEFAULT = 45;
export const LOSS_DEFAULT = 0;
/** Radio scheduling alone: the mean wait for an uplink grant. */
export const JITTER_US_DEFAULT = 2000;
/** ERRANT, 4G tests in Norway: medians of three operators are 18–30 down and 8–15 up. */
export const DOWN_KBPS_DEFAULT = 20_000;
export const UP_KBPS_DEFAULT = 9_000;
/** The same tests: median of up ÷ down is 0.45 (Telenor), 0.51 (Ice), 0.77 (Telia). */
export const UP_OF_DOWN = 0.5;
/** Below this a phone has no service: the canyon's common outage shows -124 … -133 dBm. */
export const RSRP_DBM_MIN = -124;

/** MTU Cork, LTE and 5G modems under uplink load: median rate by RSRP. */
const UP_KBPS_BY_RSRP: readonly (readonly [dbm: number, kbps: number])[] = [
  [-124, 1_500],
  [-116, 7_000],
  [-108, 8_500],
  [-100, 16_500],
  [-92, 26_000],
  [-84, 31_000],
  [-76, 35_000],
];

export interface Rates {
  readonly upKbps: number;
  readonly downKbps: number;
}

/** Each measured rate as it is; a missing one from the other, from RSRP, or typical. */
export function ratesOf(downKbps: number, upKbps: number, rsrpDbm: number): Rates {
  const hasDown = !Number.isNaN(downKbps);
  const hasUp = !Number.isNaN(upKbps);
  if (hasDown && hasUp) return { upKbps, downKbps };
  if (hasDown) return { upKbps: downKbps * UP_OF_DOWN, downKbps };
  if (hasUp) return { upKbps, downKbps: upKbps / UP_OF_DOWN };
  if (!isRsrp(rsrpDbm)) return { upKbps: UP_KBPS_DEFAULT, downKbps: DOWN_KBPS_DEFAULT };
  const fromRsrp = upKbpsOf(rsrpDbm);
  return { upKbps: fromRsrp, downKbps: fromRsrp / UP_OF_DOWN };
}

export function isRsrp(rsrpDbm: number): boolean {
  return rsrpDbm < -20 && rsrpDbm > -150;
}

/** Linear between the points of the table, flat beyond its ends. */
function upKbpsOf(rsrpDbm: number): number {
  let [beforeDbm, beforeKbps] = UP_KBPS_BY_RSRP[0] ?? [0, UP_KBPS_DEFAULT];
  if (rsrpDbm <= beforeDbm) return beforeKbps;
  for (const [dbm, kbps] of UP_KBPS_BY_RSRP) {
    if (rsrpDbm < dbm) {
      const share = (rsrpDbm - beforeDbm) / (dbm - beforeDbm);
      return beforeKbps + share * (kbps - beforeKbps);
    }
    [beforeDbm, beforeKbps] = [dbm, kbps];
  }
  return beforeKbps;
}

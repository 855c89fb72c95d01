// A fleet that is made up, for demonstration and load tests. Its vehicles speak as real ones do,
// are marked wherever they are shown, and are never mixed into the figures of real ones.
import { z } from 'zod';
import { ID, TEXT } from './common.ts';
import { KEY } from './enrolment.ts';
import { VEHICLE_KIND } from './fleet.ts';

/** 100 × 300 B stay well below the least limit of a body. */
export const SIMULATED_MOST = 100;

/** POST /simulated-vehicles: made, or given a new key when the serial is known. */
export const SIMULATED_WRITE = z.strictObject({
  vehicles: z
    .array(
      z.strictObject({
        organisationId: ID,
        callSign: TEXT,
        kind: VEHICLE_KIND,
        serial: z.string().min(1).max(64),
        /** Ed25519, raw, base64. There is no tunnel, so there is no other key. */
        identityKey: KEY,
      }),
    )
    .min(1)
    .max(SIMULATED_MOST),
});
export type SimulatedWrite = z.infer<typeof SIMULATED_WRITE>;

export const SIMULATED_MADE = z.strictObject({
  /** In the order of the question. */
  units: z.array(z.strictObject({ unitId: ID, vehicleId: ID })),
});
export type SimulatedMade = z.infer<typeof SIMULATED_MADE>;

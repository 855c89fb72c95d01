// How a unit treats what it sends while its vehicle is on a mission. Pure.
import type { Policy, SparedFrom } from '@rmh/contract';
import type { MissionTreatment, Urgency } from '@rmh/contract/api';
import { NATIONAL_FILE, readPolicy } from '@rmh/contract/daemon';

/** Null: as without a mission. */
export function treatmentFor(
  urgency: Urgency | null,
  treatments: readonly MissionTreatment[],
): MissionTreatment | null {
  return treatments.find((one) => one.urgency === urgency) ?? null;
}

/** The treatment laid over the policy: more copies than it allows already, never fewer. */
export function treated(policy: Policy | null, treatment: MissionTreatment | null): Policy | null {
  if (treatment === null) return policy;
  const { duplicateShareMost } = treatment;
  const own = policy ?? readPolicy(NATIONAL_FILE);
  return duplicateShareMost > own.duplicateShareMost ? { ...own, duplicateShareMost } : policy;
}

/** Which packets spare a link whose data budget is spent. */
export function sparedFrom(treatment: MissionTreatment | null): SparedFrom {
  return treatment?.overBudget === true ? 'bulk' : 'interactive';
}

// A policy as its file: `node lab/src/sim/replay/policy-text.ts > FILE` writes the national
// baseline as the scheduler holds it, and a test compares it with the file that ships.
import { TRAFFIC_CLASS_NAMES, TrafficClass } from '@rmh/base';
import type { Policy } from '@rmh/contract';
import { type ClassPolicy, NATIONAL_POLICY } from '@rmh/scheduler';

const HEAD = `# The national baseline: what a unit and a gateway do that were told nothing else.
# Written by: node lab/src/sim/replay/policy-text.ts > packages/contract/policies/national.yaml
# To try another policy, copy this file, give it a name of its own, and judge it with
#   ./rmh replay --baseline packages/contract/policies/national.yaml --candidate FILE
# before a vehicle gets it. docs/policy.md describes every field.
`;

const WHAT = {
  critical: 'Mission, status, position, alarms, ECG, vitals.',
  realtime: 'Video, voice, ultrasound.',
  interactive: 'Journal, web, remote support.',
  bulk: 'Updates, logs, images.',
} as const;

/** The fields of a policy file, times in ms; `parsePolicy` reads it back to the same policy. */
export function policyText(policy: Policy): string {
  const classes = TRAFFIC_CLASS_NAMES.map((name) => {
    const lines = classLines(policy.classes[TrafficClass[name]]);
    return `  # ${WHAT[name]}\n  ${name}:\n${lines.map((line) => `    ${line}\n`).join('')}`;
  });
  const whole = [
    `name: ${policy.name}`,
    `duplicateShareMost: ${policy.duplicateShareMost}`,
    `sharedFate: ${policy.sharedFate}`,
    `queueTargetMs: ${policy.queueTargetUs / 1000}`,
    'classes:',
  ];
  return `${whole.join('\n')}\n${classes.join('')}`;
}

function classLines(of: ClassPolicy): string[] {
  return [
    `deadlineMs: ${of.deadlineUs / 1000}`,
    `copiesMost: ${of.copiesMost}`,
    `missShareMost: ${of.missShareMost}`,
    `repairUntilMs: ${of.repairUntilUs / 1000}`,
    `holdMostMs: ${of.holdMostUs / 1000}`,
    `queueMostMs: ${of.queueMostUs / 1000}`,
    `backlogMostMs: ${of.backlogMostUs / 1000}`,
    `protectEvery: ${of.protectEvery}`,
  ];
}

export function nationalText(): string {
  return HEAD + policyText(NATIONAL_POLICY);
}

if (import.meta.main) process.stdout.write(nationalText());

// The policy file's schema. docs/policy.md is written from the descriptions and reasons here, and
// a test holds the two together. People write milliseconds; the scheduler gets microseconds.
import { TrafficClass } from '@rmh/base';
import { z } from 'zod';
import type { Fault } from './faults.ts';
import { valueAt } from './faults.ts';
import { NAME } from './fields.ts';
import { TRAFFIC_CLASSES } from './rules.ts';

const number = (least: number, most: number) => ({
  form: z.number().min(least).max(most),
  expected: `a number from ${least} to ${most}`,
});
const whole = (least: number, most: number) => ({
  form: z.int().min(least).max(most),
  expected: `a whole number from ${least} to ${most}`,
});

const CLASS_POLICY = z.strictObject({
  deadlineMs: field(
    number(10, 60_000),
    'Age at which a packet has become worthless to its application, ms.',
    'Copies, repair and queues are judged against it. Under 10 ms no mobile network arrives.',
  ),
  copiesMost: field(
    whole(1, 8),
    'The most paths that carry one packet at once.',
    'A session has at most 8 paths. Beyond three carriers a copy costs more than it saves.',
  ),
  missShareMost: field(
    number(0, 1),
    'A further copy leaves while the predicted chance of missing the deadline is above this.',
    'The price of a miss, as a probability: 0 always copies, 1 never does.',
  ),
  repairUntilMs: field(
    number(0, 60_000),
    'Age after which an unanswered packet is no longer sent again, ms; 0: never sent again.',
    'Later than the deadline serves what can still show an old frame; for TCP, until it gives up.',
  ),
  holdMostMs: field(
    number(0, 2_000),
    'How long the receiver may hold packets back to restore their order, ms; 0: never.',
    'Held packets share a pool of 8,192; 50 Mbit/s fill it in 2 s.',
  ),
  queueMostMs: field(
    number(1, 10_000),
    'How long a packet may wait for its turn before it is dropped, ms.',
    'Packets wait while every path is down or full. What waits too long only delays what follows.',
  ),
  backlogMostMs: field(
    number(1, 10_000),
    "What one flow may have waiting, as time at the paths' present rate, ms; then its oldest goes.",
    'For TCP a short queue is the signal to slow down; for video old frames make way for new.',
  ),
  protectEvery: z.union([z.literal(0), z.int().min(2).max(32)]).meta({
    description: 'One repair symbol for so many packets where a repair is too late; 0: none.',
    reason: 'Costs 1/n of the bytes. The receiver keeps 64 packets a stream to rebuild from.',
    expected: '0 or a whole number from 2 to 32',
  }),
});

export const POLICY = z
  .strictObject({
    name: NAME.meta({
      description: 'What reports, logs and the replay laboratory call the policy.',
      reason: 'A figure without the name of its policy says nothing.',
    }),
    duplicateShareMost: field(
      number(0, 1),
      'Share of all bytes sent that may be copies and repair symbols.',
      'The data budget of a subscription; the national aim is 0.2.',
    ),
    sharedFate: field(
      number(0, 1),
      'Chance that another path fails too when one has, before the pair has been observed.',
      'Recorded drives: pairs fail together 2 to 20 times more often than independence says.',
    ),
    queueTargetMs: field(
      number(1, 100),
      "Queue that may stand in an operator's buffer while more waits to be sent, ms.",
      'Low keeps critical packets fast beside an upload; too low leaves capacity unused.',
    ),
    classes: z
      .strictObject({
        critical: classOf('critical'),
        realtime: classOf('realtime'),
        interactive: classOf('interactive'),
        bulk: classOf('bulk'),
      })
      .meta({
        description: 'How each traffic class is treated.',
        reason: 'All four are written out: nothing is inherited from a version of the program.',
        expected: 'critical, realtime, interactive and bulk',
      }),
  })
  .meta({ expected: 'the fields of a policy' });

function field(limits: { form: z.ZodNumber; expected: string }, what: string, reason: string) {
  return limits.form.meta({ description: what, reason, expected: limits.expected });
}

function classOf(name: string) {
  return CLASS_POLICY.meta({
    description: `The class ${name}.`,
    reason: 'See docs/glossary.md for what belongs to it.',
    expected: 'the eight fields of a class',
  });
}

/** A policy as its file says it, times in ms. */
export type WrittenPolicy = z.output<typeof POLICY>;

/** The shape of the scheduler's ClassPolicy, which this package may not import. Times in µs. */
export interface ClassPolicy {
  readonly deadlineUs: number;
  readonly copiesMost: number;
  readonly missShareMost: number;
  readonly repairUntilUs: number;
  readonly holdMostUs: number;
  readonly queueMostUs: number;
  readonly backlogMostUs: number;
  readonly protectEvery: number;
}

/** The shape of the scheduler's Policy: plain data that a structured clone carries. */
export interface Policy {
  readonly name: string;
  readonly classes: Readonly<Record<TrafficClass, ClassPolicy>>;
  readonly duplicateShareMost: number;
  readonly sharedFate: number;
  readonly queueTargetUs: number;
}

export function policyOf(written: WrittenPolicy): Policy {
  const { name, duplicateShareMost, sharedFate, queueTargetMs, classes } = written;
  return {
    name,
    classes: {
      [TrafficClass.critical]: classPolicyOf(classes.critical),
      [TrafficClass.realtime]: classPolicyOf(classes.realtime),
      [TrafficClass.interactive]: classPolicyOf(classes.interactive),
      [TrafficClass.bulk]: classPolicyOf(classes.bulk),
    },
    duplicateShareMost,
    sharedFate,
    queueTargetUs: usOf(queueTargetMs),
  };
}

function classPolicyOf(written: z.output<typeof CLASS_POLICY>): ClassPolicy {
  return {
    deadlineUs: usOf(written.deadlineMs),
    copiesMost: written.copiesMost,
    missShareMost: written.missShareMost,
    repairUntilUs: usOf(written.repairUntilMs),
    holdMostUs: usOf(written.holdMostMs),
    queueMostUs: usOf(written.queueMostMs),
    backlogMostUs: usOf(written.backlogMostMs),
    protectEvery: written.protectEvery,
  };
}

function usOf(ms: number): number {
  return Math.round(ms * 1000);
}

/** The one wait that may not be longer than the other: [wait, bound, why]. */
const BOUNDED_WAITS = [
  ['holdMostMs', 'deadlineMs', 'longer than the deadline'],
  ['backlogMostMs', 'queueMostMs', 'longer than a packet may wait'],
] as const;

/** What no single field can know, on the raw value. */
export function crossCheckPolicy(value: unknown): Fault[] {
  return TRAFFIC_CLASSES.flatMap((name) =>
    BOUNDED_WAITS.flatMap(([wait, bound, why]): Fault[] => {
      const path = ['classes', name, wait];
      const waitMs = valueAt(value, path);
      const boundMs = valueAt(value, ['classes', name, bound]);
      if (typeof waitMs !== 'number' || typeof boundMs !== 'number') return [];
      if (waitMs <= boundMs) return [];
      return [{ path, at: 'value', wrong: `is ${waitMs}, ${why}`, expected: `at most ${boundMs}` }];
    }),
  );
}

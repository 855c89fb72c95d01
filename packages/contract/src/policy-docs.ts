// docs/policy.md, written from the schema: `node packages/contract/src/policy-docs.ts` prints it,
// and a test compares.
import { readFileSync } from 'node:fs';
import { BUILT_IN, type MissionTreatment, URGENCIES } from './api/configuration.ts';
import { parseSource } from './daemon/source.ts';
import { valueAt } from './faults.ts';
import { POLICY } from './policy.ts';
import { NATIONAL_FILE } from './policy-file.ts';
import { TRAFFIC_CLASSES } from './rules.ts';
import { nodeAt, type SchemaNode, treeOf } from './schema-tree.ts';

const HEAD = `# Policies

<!-- Written from packages/contract/src/policy.ts and packages/contract/policies/national.yaml.
     To change it, change those and run
     node packages/contract/src/policy-docs.ts > docs/policy.md -->

A policy is what the brain is told, as data: how each class is treated, and what copies may cost.
It is one file, in YAML (JSON is YAML), with every field written out: nothing is inherited, so what
was judged in the simulator is what the vehicle does, also after the program was updated.

- The national baseline is \`packages/contract/policies/national.yaml\`, and built into the program:
  a unit or gateway whose configuration names no \`policy\` does just this. A test holds the two
  equal.
- \`policy: FILE\` in unit.yaml and gateway.yaml names another. Each end applies its own: what a
  unit sends follows the unit's, what a gateway sends the gateway's. A new one is taken up without
  a restart (SIGHUP, or the platform's configuration): it holds from the next packet on.
- \`rmh unit --config FILE --check\` checks the policy with the configuration. Every error names
  file, line, field, what is wrong and what is expected; a misspelt field is told its nearest name.
- \`rmh sim --policy FILE\` runs it; \`rmh replay --baseline FILE --candidate FILE\` says class by
  class whether it is better, and with what confidence. Do both before a vehicle gets it.
- \`holdMostMs\` is at most the class's \`deadlineMs\`, \`backlogMostMs\` at most \`queueMostMs\`.

## On a mission

Dispatch tells the platform that a vehicle is on a mission, how urgent, and for how long at most
(\`POST /vehicles/:vehicleId/mission\`). Its unit waits for that word (\`GET /units/self/mission\`)
and treats what it sends accordingly from the next packet on, well within 2 s. \`missions\` of the
platform's configuration says how, for each urgency; one that is not named changes nothing.

| field | meaning | acute | urgent | ordinary |
|---|---|---|---|---|
MISSION_ROWS

- Nothing else of the policy changes, and the unit restarts nothing. The gateway sends by its own
  policy; of \`overBudget\` it hears with each report ([PA-7] of docs/protocol.md), and does the
  same.
- It ends when dispatch says so, when dispatch has said nothing new until its time is up, and also
  with the platform away or unit.yaml broken: by a clock of the unit that nobody sets.
- After a restart the unit goes on with what was left of it. A wall clock that was set back
  meanwhile makes it longer by a minute and the time off at most; forwards it ends early, until the
  platform is heard.
- \`rmh status\` shows it, and the log (\`mission.taken\`, \`mission.over\`).

## How \`rmh replay\` judges

Both policies drive the same windows (at most three minutes) of the same drives with the same
traffic, losses and jitter. Compared are, for each class, the share in time, and for critical and
realtime the 99th percentile of the delay and the longest gap; and for all together the bytes on the
carriers and the share of them that are copies.

Whole windows, with all their seeds, are drawn again with replacement 4,000 times (paired cluster
bootstrap), because runs over one road resemble each other. A figure is better or worse if the
middle 99 % of the differences lie on one side of zero, and the difference is worth a word: 0.01
percentage points in time, 1 ms or 2 % of the percentile, 5 ms or 2 % of the gap, 0.5 % of the
bytes, 0.2 percentage points of copies. With ten figures, chance alone calls one of them in about
one comparison of ten. With fewer than six windows nothing is decided.

It exits with 3 if any figure of the critical class is worse, with 4 if there were too few windows
to tell. \`lab/policies/one-path.yaml\` sends everything once and repairs nothing; a test holds that
it is caught.
`;

export function policyPage(): string {
  const tree = treeOf(POLICY);
  const { value } = parseSource(NATIONAL_FILE, readFileSync(NATIONAL_FILE, 'utf8'));
  const whole = Object.keys(tree.properties ?? {});
  const perClass = Object.keys(nodeAt(tree, ['classes', 'critical'])?.properties ?? {});
  const wholeRows = whole.map((name) => {
    const baseline = name === 'classes' ? 'see below' : shown(valueAt(value, [name]));
    return row(name, nodeAt(tree, [name]), [baseline]);
  });
  const classRows = perClass.map((name) => {
    const baselines = TRAFFIC_CLASSES.map((of) => shown(valueAt(value, ['classes', of, name])));
    return row(name, nodeAt(tree, ['classes', 'critical', name]), baselines);
  });
  return [
    HEAD.replace('MISSION_ROWS', missionRows()),
    '## The whole policy\n',
    '| field | meaning | value | reason | national |',
    '|---|---|---|---|---|',
    ...wholeRows,
    '\n## Each class, in `classes.NAME`\n',
    `| field | meaning | value | reason | ${TRAFFIC_CLASSES.join(' | ')} |`,
    `|---|---|---|---|${'---|'.repeat(TRAFFIC_CLASSES.length)}`,
    ...classRows,
    '',
  ].join('\n');
}

/** As they are where no layer of the platform says otherwise. */
function missionRows(): string {
  const cells = (cellOf: (treatment: MissionTreatment) => string) =>
    URGENCIES.map((urgency) => {
      const treatment = BUILT_IN.missions.find((one) => one.urgency === urgency);
      return treatment === undefined ? '–' : cellOf(treatment);
    }).join(' | ');
  const shares = cells(({ duplicateShareMost }) => String(duplicateShareMost));
  const budgets = cells(({ overBudget }) => (overBudget ? 'yes' : 'no'));
  const share = 'Instead of the field of this name, where it is more';
  const budget = 'All but bulk use a link whose data of the month is spent as any other';
  return [
    `| \`duplicateShareMost\` | ${share} | ${shares} |`,
    `| \`overBudget\` | ${budget} | ${budgets} |`,
  ].join('\n');
}

function row(name: string, node: SchemaNode | null, baselines: readonly string[]): string {
  const cells = [`\`${name}\``, node?.description, node?.expected, node?.reason, ...baselines];
  return `| ${cells.join(' | ')} |`;
}

function shown(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

if (import.meta.main) process.stdout.write(policyPage());

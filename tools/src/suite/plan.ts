// Which steps run and over which files, decided before anything runs.
import type { TestOptions } from './options.ts';
import type { CommandStep, FilesStep, Step } from './steps.ts';

export type PlannedStep =
  | { kind: 'command'; step: CommandStep }
  | { kind: 'files'; step: FilesStep; files: string[] };

// A step that --only names runs whole; otherwise its files are filtered. A step without
// files stays in a full run, where it fails: a pattern that matches nothing tests nothing.
export function planSteps(
  steps: readonly Step[],
  paths: readonly string[],
  { only, fast }: Pick<TestOptions, 'only' | 'fast'>,
): PlannedStep[] {
  const planned: PlannedStep[] = [];
  for (const step of steps) {
    const named = only === null || step.name.includes(only);
    if (step.kind === 'command') {
      if (named && !fast) planned.push({ kind: 'command', step });
      continue;
    }
    if (fast && !step.fast) continue;
    const files = paths.filter((path) => step.matches(path) && (named || path.includes(only)));
    if (named || files.length > 0)
      planned.push({ kind: 'files', step, files: inTurn(step, files) });
  }
  return planned;
}

function inTurn({ isLong = () => false }: FilesStep, files: readonly string[]): string[] {
  return [...files.filter(isLong), ...files.filter((path) => !isLong(path))];
}

export function needsRealPeers(plan: readonly PlannedStep[]): boolean {
  return plan.some(
    (planned) =>
      planned.kind === 'files' && planned.step.needsRealPeers && planned.files.length > 0,
  );
}

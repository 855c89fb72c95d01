// The steps of docs/operations.md: its fenced blocks that name the machines they are typed on.
export interface Step {
  /** Names of machines; 'every' for all of them, 'packages' for what is installed beforehand. */
  readonly machines: readonly string[];
  readonly script: string;
  /** Of the fence, from 1. */
  readonly line: number;
}

const FENCE = /^```sh (.+)$/;

export function stepsOf(markdown: string): Step[] {
  const steps: Step[] = [];
  let open: { machines: string[]; lines: string[]; line: number } | null = null;
  for (const [i, text] of markdown.split('\n').entries()) {
    if (open === null) {
      const machines = FENCE.exec(text)?.[1]?.split(' ');
      if (machines !== undefined) open = { machines, lines: [], line: i + 1 };
    } else if (text === '```') {
      const { machines, line, lines } = open;
      steps.push({ machines, line, script: lines.join('\n') });
      open = null;
    } else {
      open.lines.push(text);
    }
  }
  if (open !== null) throw new Error(`the block of line ${open.line} has no end`);
  return steps;
}

/** The names in `apt-get install -y NAME…`. */
export function packagesOf(steps: readonly Step[]): string[] {
  const commands = steps.filter(({ machines }) => machines.includes('packages'));
  return commands.flatMap(({ script, line }) => {
    const names = /^apt-get install -y ([a-z0-9 -]+?) *(?:#.*)?$/.exec(script)?.[1];
    if (names === undefined) throw new Error(`line ${line + 1} installs nothing`);
    return names.split(' ');
  });
}

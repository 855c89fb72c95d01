import type { Command } from './command.ts';

export function helpText(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'Robust mobilt helsenett: one tunnel over several mobile networks.',
    '',
    'Usage: rmh COMMAND [OPTIONS]',
    '',
    ...lines,
    '',
    'rmh COMMAND --help describes a command; rmh --version prints the version.',
    '',
  ].join('\n');
}

// `rmh unit --config FILE [--check]` and `rmh unit prefer GATEWAY [--socket PATH]`.
import { runProgram, tellCommand } from '@rmh/contract/daemon';
import { unitProgram } from './program.ts';

export async function runUnit(argv: string[]): Promise<number> {
  const [verb, ...rest] = argv;
  if (verb !== 'prefer') return await runProgram(argv, unitProgram);
  return await tellCommand(rest, {
    usage: 'rmh unit prefer GATEWAY [--socket PATH]',
    socket: '/run/rmh-unit/status.sock',
    words: 1,
    path: ([gateway = '']) => `/prefer?gateway=${encodeURIComponent(gateway)}`,
    done: ([gateway = '']) => `asked the unit to move to ${gateway}; "rmh status" shows when`,
  });
}

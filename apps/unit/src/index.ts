// `rmh unit --config FILE [--check] [--record DIR]` and `rmh unit prefer GATEWAY [--socket PATH]`.
import { runProgram, tellCommand } from '@rmh/contract/daemon';
import { unitProgram } from './program.ts';
import { takeRecord } from './record-option.ts';

export async function runUnit(argv: string[]): Promise<number> {
  const [verb, ...rest] = argv;
  if (verb !== 'prefer') {
    const { directory, others } = takeRecord(argv);
    return await runProgram(others, unitProgram(directory));
  }
  return await tellCommand(rest, {
    usage: 'rmh unit prefer GATEWAY [--socket PATH]',
    socket: '/run/rmh-unit/status.sock',
    words: 1,
    path: ([gateway = '']) => `/prefer?gateway=${encodeURIComponent(gateway)}`,
    done: ([gateway = '']) => `asked the unit to move to ${gateway}; "rmh status" shows when`,
  });
}

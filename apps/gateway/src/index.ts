// `rmh gateway --config FILE [--check]` and `rmh gateway drain [--socket PATH]`.
import { runProgram, tellCommand } from '@rmh/contract/daemon';
import { gatewayProgram } from './program.ts';

export async function runGateway(argv: string[]): Promise<number> {
  const [verb, ...rest] = argv;
  if (verb !== 'drain') return await runProgram(argv, gatewayProgram);
  return await tellCommand(rest, {
    usage: 'rmh gateway drain [--socket PATH]',
    socket: '/run/rmh-gateway/status.sock',
    words: 0,
    path: () => '/drain',
    done: () => 'asked every unit to move; "rmh status" shows when none is active here',
  });
}

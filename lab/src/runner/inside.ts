// Process 1 of the sandbox. It does one run and ends; when the launcher is gone, it ends at once,
// and everything in its namespaces with it.
import { setPriority } from 'node:os';
import { RmhError } from '@rmh/contract';
import { Engine } from './engine.ts';
import type { FromInside, RunOrder, ToInside } from './protocol.ts';

process.on('disconnect', () => process.exit(0));

askForPriority();
let engine: Engine | null = null;

process.on('message', (message: ToInside) => {
  if (message.kind === 'stop') {
    // Nothing runs yet: nothing to end in order.
    if (engine === null) process.exit(0);
    engine.stop();
    return;
  }
  if (message.kind === 'strike') {
    engine?.strike(message.vehicle, message.fault);
    return;
  }
  run(message.order).catch((error: unknown) => {
    tellLast({ kind: 'failed', ...describe(error) });
  });
});

/** The lab measures the tunnel, not its neighbours on the machine. Only root may ask. */
function askForPriority(): void {
  try {
    setPriority(-10);
  } catch {
    return; // the report says how long the machine held the lab up
  }
}

async function run(order: RunOrder): Promise<void> {
  engine = await Engine.build(order, tell);
  const result = await engine.run();
  tellLast({ kind: 'result', result });
}

function tell(message: FromInside): void {
  process.send?.(message);
}

/** Ends the process when the launcher has it. */
function tellLast(message: FromInside): void {
  process.send?.(message, undefined, undefined, () => process.exit(0));
}

function describe(error: unknown) {
  if (error instanceof RmhError) {
    return { code: error.code, message: error.message, hint: error.hint };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: null, message, hint: '' };
}

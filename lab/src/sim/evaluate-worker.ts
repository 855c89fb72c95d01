// One thread of `evaluateAll`: a task comes in, its evaluation goes out.
import { parentPort } from 'node:worker_threads';
import { evaluate, type Task } from './evaluate.ts';
import type { Answer } from './pool.ts';
import { RunFailed } from './simulate.ts';

parentPort?.on('message', (task: Task) => parentPort?.postMessage(answerTo(task)));

function answerTo(task: Task): Answer {
  try {
    return { kind: 'done', evaluation: evaluate(task) };
  } catch (error) {
    if (!(error instanceof RunFailed)) throw error;
    return { kind: 'failed', message: error.message, timeline: error.timeline };
  }
}

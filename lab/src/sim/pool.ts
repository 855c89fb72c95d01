// Many runs over several threads. Results lie in the order of the tasks, however they end.
import { Worker } from 'node:worker_threads';
import { assert } from '@rmh/base';
import type { Evaluation, Task } from './evaluate.ts';

/** What a thread answers to a task: figures, or why and how the run broke. */
export type Answer =
  | { readonly kind: 'done'; readonly evaluation: Evaluation }
  | { readonly kind: 'failed'; readonly message: string; readonly timeline: readonly string[] };

export type Outcome =
  | { readonly kind: 'done'; readonly evaluations: readonly Evaluation[] }
  /** The first task, in their order, of those that were begun and failed. */
  | {
      readonly kind: 'failed';
      readonly task: Task;
      readonly message: string;
      readonly timeline: readonly string[];
    };

/** `onDone` is called as tasks end. After a failure no further task is begun. */
export async function evaluateAll(
  tasks: readonly Task[],
  jobs: number,
  onDone: (task: Task) => void,
): Promise<Outcome> {
  const answers: (Answer | undefined)[] = new Array<Answer | undefined>(tasks.length);
  let next = 0;
  const work = async (): Promise<void> => {
    const thread = new Thread();
    try {
      for (let i = next++; i < tasks.length; i = next++) {
        const task = tasks[i] as Task;
        const answer = await thread.answer(task);
        answers[i] = answer;
        if (answer.kind === 'failed') next = tasks.length;
        else onDone(task);
      }
    } finally {
      await thread.end();
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, tasks.length) }, work));
  return outcomeOf(tasks, answers);
}

function outcomeOf(tasks: readonly Task[], answers: readonly (Answer | undefined)[]): Outcome {
  const evaluations: Evaluation[] = [];
  for (const [i, answer] of answers.entries()) {
    if (answer?.kind === 'failed') return { ...answer, task: tasks[i] as Task };
    if (answer !== undefined) evaluations.push(answer.evaluation);
  }
  assert(evaluations.length === tasks.length, 'every task was answered');
  return { kind: 'done', evaluations };
}

class Thread {
  readonly #worker = new Worker(new URL('./evaluate-worker.ts', import.meta.url));

  answer(task: Task): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const worker = this.#worker;
      const settle = (then: () => void) => {
        worker.removeAllListeners('message');
        worker.removeAllListeners('error');
        then();
      };
      worker.once('error', (error) => settle(() => reject(error)));
      worker.once('message', (answer: Answer) => settle(() => resolve(answer)));
      worker.postMessage(task);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

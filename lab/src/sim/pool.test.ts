import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NATIONAL_POLICY } from '@rmh/scheduler';
import { parseSimOptions } from './options.ts';
import { evaluateAll } from './pool.ts';
import { simReport } from './report.ts';
import { simText } from './report-text.ts';
import { replayCommand, tasksOf } from './tasks.ts';
import { roughWindow } from './testing.ts';

function order(argv: readonly string[], windows = [roughWindow(12)]) {
  const options = parseSimOptions([...argv]);
  assert.ok(options !== null);
  return { options, tasks: tasksOf(windows, options, null) };
}

test('One thread and two give the same report, byte for byte, without a wall time', async () => {
  const { options, tasks } = order(['--seeds', '2']);
  const reports = await Promise.all(
    [1, 2].map(async (jobs) => {
      const outcome = await evaluateAll(tasks, jobs, () => {});
      assert.ok(outcome.kind === 'done');
      return simReport(options, NATIONAL_POLICY.name, tasks, outcome.evaluations);
    }),
  );
  assert.equal(JSON.stringify(reports[0]), JSON.stringify(reports[1]));
  const { total } = reports[0] ?? assert.fail();
  assert.equal(total.runs, 2);
  assert.ok(total.classes.critical.boundInTime >= total.classes.critical.inTime);
  assert.ok(total.classes.critical.bestAloneInTime > 0);
  assert.ok(total.baselines.some(({ name }) => name === 'every-carrier'));
});

test('A person reads shares, bytes and the share of the bound', async () => {
  const { options, tasks } = order(['--no-baselines']);
  const outcome = await evaluateAll(tasks, 1, () => {});
  assert.ok(outcome.kind === 'done');
  const text = simText(simReport(options, 'national-1', tasks, outcome.evaluations));
  assert.match(text, /critical +realtime +interactive/);
  assert.match(text, /tunnel +100\.00 %/);
});

test('A run that breaks is told with the command that replays it', async () => {
  const { options, tasks } = order(['--seeds', '2']);
  const spoiled = tasks.map((task) => ({
    ...task,
    run: { ...task.run, sabotage: 'twice' as const },
  }));
  const outcome = await evaluateAll(spoiled, 2, () => {});
  assert.ok(outcome.kind === 'failed');
  assert.match(outcome.message, /seed 1, .*delivered twice/);
  assert.match(
    replayCommand(outcome.task, options, 'FILE'),
    /^\.\/rmh sim --drives FILE --from 0 --seed 1 --mix standard --faults none --no-baselines$/,
  );
});

test('Hours make seeds, and the last seed runs over as many windows as are still needed', () => {
  const windows = Array.from({ length: 4 }, (_, i) => ({ ...roughWindow(900), fromMs: i }));
  const { tasks } = order(['--hours', '2.5'], windows);
  assert.deepEqual(
    tasks.map(({ run }) => run.seed),
    [1, 1, 1, 1, 2, 2, 2, 2, 3, 3],
  );
});

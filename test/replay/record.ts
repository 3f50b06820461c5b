// Records the histories anew: `record.ts [name ...]`, all of them without a name. A history that was recorded by released
// code is a promise to the tasks in flight: record a new path beside it rather than the same one anew.
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRealTasks } from '../support/real-tasks.ts';
import { prepareWorkflowBundle } from '../support/workflow-bundle.ts';
import { writeHistory } from './histories.ts';
import { answerOnPath, cancelOnPath, PATHS, toChange } from './paths.ts';

await prepareWorkflowBundle();
await using tasks = await startRealTasks();
const wanted = process.argv.slice(2);
for (const [name, path] of Object.entries(PATHS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const start = async () => tasks.start('refund', toChange(name, path));
  const early = path.waitMs === undefined ? undefined : await start();
  if (early) await cancelOnPath(path, early);
  await sleep(path.waitMs ?? 0);
  const finish = async () => {
    const task = early ?? (await start());
    if (!early) await cancelOnPath(path, task);
    await answerOnPath(path, task);
    return { task, end: await task.end() };
  };
  const { task, end } = await (path.activities
    ? tasks.withActivities(path.activities, finish)
    : tasks.withWorker(null, finish));
  const { handle } = task;
  const { raw } = await handle.describe();
  const runId = path.untilAsked ? raw.workflowExecutionInfo?.firstRunId : undefined;
  const history = await handle.client
    .getHandle(handle.workflowId, runId ?? undefined)
    .fetchHistory();
  await writeHistory(name, historyToJSON(history));
  process.stdout.write(`${name}: ${'code' in end ? `${end.code}, ${end.message}` : 'completed'}\n`);
}

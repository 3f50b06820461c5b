// Records the histories anew: `record.ts [name ...]`, all of them without a name. A history that was recorded by released
// code is a promise to the tasks in flight: record a new path beside it rather than the same one anew.
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRealTimeTasks } from '../support/temporal/real-time-tasks.ts';
import { prepareWorkflowBundles } from '../support/runner/workflow-bundle.ts';
import { DELIVERY_PATHS, hurry, toDeliveryActivities } from './deliveries.ts';
import { writeHistory } from './histories.ts';
import { answerOnPath, cancelOnPath, PATHS, toChange } from './paths.ts';

const record = async (name: string, handle: WorkflowHandle, end: string) => {
  await writeHistory(name, historyToJSON(await handle.fetchHistory()));
  process.stdout.write(`${name}: ${end}\n`);
};

await prepareWorkflowBundles();
await using tasks = await startRealTimeTasks();
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
  const recorded = handle.client.getHandle(handle.workflowId, runId ?? undefined);
  await record(name, recorded, 'code' in end ? `${end.code}, ${end.message}` : 'completed');
}
for (const [name, ends] of Object.entries(DELIVERY_PATHS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const task = {
    workflowId: `local:${name}`,
    runId: name,
    principal: 'local',
    operation: 'refund',
  };
  const url = 'https://hooks.example.com/a';
  await tasks.withActivities(toDeliveryActivities(ends), async () => {
    const handle = await tasks.deliver({ task, url });
    await record(name, handle, await hurry(handle));
  });
}

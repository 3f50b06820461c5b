// Exits with 0 while the worker of this container polls Temporal for tasks, with 1 and a sentence otherwise. A worker
// listens on no port, so the one to ask is Temporal: each of its pollers is known there as `<pid>@<host>`.
import { hostname } from 'node:os';
import process from 'node:process';
import { Connection } from '@temporalio/client';
import { loadConfig, registerModuleResolution } from '../dist/src/config/index.js';
import { loadTemporalAddress } from '../dist/src/temporal/connection/address.js';

/** A poll lasts up to a minute, and the next one follows at once; in seconds. */
const FRESH_SECONDS = 90;

const WORKFLOW_TASKS = 1; // temporal.api.enums.v1.TaskQueueType; polled even when every slot for attempts is taken

async function isPolling() {
  const { env } = process;
  registerModuleResolution();
  const { temporal } = await loadConfig({ workingDirectory: process.cwd(), env });
  const target = loadTemporalAddress({ env });
  if (!target) throw new Error('no Temporal address is configured');
  const connection = await Connection.connect(target.connectionOptions);
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace: target.namespace,
    taskQueue: { name: temporal.taskQueue },
    taskQueueType: WORKFLOW_TASKS,
  });
  const since = Date.now() / 1000 - FRESH_SECONDS;
  return pollers.some(
    ({ identity, lastAccessTime }) =>
      identity?.endsWith(`@${hostname()}`) && Number(lastAccessTime?.seconds ?? 0) > since,
  );
}

try {
  if (!(await isPolling())) throw new Error(`no worker on ${hostname()} polls`);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

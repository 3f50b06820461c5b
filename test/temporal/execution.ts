// An execution and a pending activity as Temporal describes them, for tests that change one field at a time.
import type { Execution, PendingActivity } from '../../src/temporal/lanes/workflow/execution.ts';

/** A task that runs, with nothing pending. */
export const EXECUTION: Execution = {
  workflowId: 'local:key',
  runId: 'run',
  firstRunId: 'run',
  status: 'running',
  startedAt: 1,
  closedAt: null,
  historyLength: 2,
  cancelRequested: false,
  taskQueue: 'longhaul',
  memo: {},
  activity: null,
};

/** A first attempt that runs. */
export const ACTIVITY: PendingActivity = {
  id: 'attempt-1',
  started: true,
  paused: false,
  attempt: 1,
  lastChangeAt: 1,
  dueAt: null,
  heartbeat: null,
  failure: null,
};

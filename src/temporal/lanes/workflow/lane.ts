// Tasks that are workflows: each attempt is an activity of theirs, and what follows it is decided there.
import {
  parseInputMemo,
  parseTaskMemo,
  parseWaitingMemo,
} from '../../../contract/workflow/memo.ts';
import { parseTarget } from '../../../contract/workflow/target.ts';
import { withLimit } from '../../calls/call-limit.ts';
import type { Lane, Standing } from '../lane.ts';
import { createClosings } from './closing.ts';
import { createDescribe, type Execution } from './execution.ts';
import { startWorkflow, type StartWorkflowOptions } from './start.ts';
import { toRunningState } from './state.ts';

export interface WorkflowLaneOptions extends StartWorkflowOptions {
  readonly namespace: string;
  /** How long a read may take, in milliseconds. */
  readonly readMs: number;
}

export function createWorkflowLane(options: WorkflowLaneOptions): Lane {
  const { client, namespace, readMs } = options;
  const describe = createDescribe(client, namespace, readMs);
  return {
    name: 'workflow',
    start: async (plan, parameters) => startWorkflow(options, plan, parameters),
    isTaken: (failure) => (failure as Error).name === 'WorkflowExecutionAlreadyStartedError',
    describe: async (id, likelyRunId) => {
      const execution = await describe(id, likelyRunId);
      return execution && toStanding(execution);
    },
    closings: createClosings(client, namespace, readMs),
    requestCancel: async ({ workflowId }, taskRef, reason) => {
      await withLimit(client.connection, readMs, async () =>
        client.workflowService.requestCancelWorkflowExecution({
          namespace,
          workflowExecution: { workflowId }, // the latest run, also after a reset
          reason,
          requestId: `cancel ${taskRef}`, // repeating a cancel changes nothing
        }),
      );
    },
  };
}

/** What describe shows of a workflow, as the state of its task; `null` when it is no task. */
export function toStanding(execution: Execution): Standing | null {
  const memo = parseTaskMemo(execution.memo);
  if (!memo) return null;
  const { workflowId, runId, firstRunId, taskQueue, startedAt, closedAt, activity } = execution;
  const input = parseInputMemo(execution.memo);
  const target = parseTarget(execution.memo['target']);
  return {
    ...{ lane: 'workflow', workflowId, runId, firstRunId, memo, taskQueue, startedAt },
    changedAt: Math.max(
      startedAt,
      closedAt ?? 0,
      activity?.lastChangeAt ?? 0,
      parseWaitingMemo(execution.memo)?.at ?? 0,
    ),
    cancelRequested: execution.cancelRequested,
    ...(input && { answersUntil: input.until }),
    ...(target && { target }),
    state: toRunningState(execution),
    closing: execution.status === 'running' ? null : 'apart',
  };
}

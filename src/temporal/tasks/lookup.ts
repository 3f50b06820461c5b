// From a task_ref to its task. A foreign, unknown, expired or malformed task_ref gives the same answer. Terminal tasks
// are kept for a while: their answer does not change, unless an operator resets the workflow.
import {
  parseInputMemo,
  parseTaskMemo,
  parseWaitingMemo,
  type TaskMemo,
} from '../../contract/workflow/memo.ts';
import { OperationError } from '../../contract/errors.ts';
import { parseTaskRef, toWorkflowTaskRef } from '../../contract/task-ref.ts';
import { toLaterStart, type Task, type TaskState, type Usual } from '../../contract/task.ts';
import type { Closing, Closings } from '../lanes/workflow/closing.ts';
import { toDeadline, toStartsAt } from './deadline.ts';
import type { Describe, Execution } from '../lanes/workflow/execution.ts';
import { toWorkflowId } from '../calls/identity.ts';
import { createKnownTasks, type Found } from './known-tasks.ts';
import { toRunningState } from '../lanes/workflow/state.ts';
import type { TargetStates } from './target-state.ts';
import { parseTarget } from '../../contract/workflow/target.ts';

export interface Lookup {
  /** The task of a task_ref. Rejects with `TASK_NOT_FOUND`. */
  byRef(principal: string, taskRef: string): Promise<Found>;
  /** The task of a workflow id; `null` when there is none, or when it is no task. */
  byWorkflowId(workflowId: string): Promise<Found | null>;
  /** The task after its end, without asking again. */
  close(found: Found, closing: Closing): Found;
  /** What is known without asking: a task that was started or read here within a minute. */
  recall(principal: string, taskRef: string): Found | null;
  /** Keeps what is known of a task, and says how long a running one is likely to take. */
  remember(found: Found): Found;
}

export interface LookupOptions {
  readonly describe: Describe;
  readonly closings: Closings;
  /** How long Temporal keeps a closed workflow, in milliseconds. */
  readonly retentionMs: number;
  /** Whether a worker polls the queue of a task that still waits. */
  readonly isWorkerPresent: (taskQueue: string) => Promise<boolean | null>;
  /** How long tasks of an operation usually take; `null` while that is not known. */
  readonly usual?: (operation: string) => Usual | null;
  /** What the workflow says that a running task follows. Default: nothing. */
  readonly readTarget?: TargetStates['read'];
  /** Called when an end is first seen here; with its instant, in milliseconds since the epoch. */
  readonly onEnd?: (found: Found, endedAt: number) => void;
}

export function createLookup(options: LookupOptions): Lookup {
  const { describe, closings, retentionMs, isWorkerPresent, usual, onEnd } = options;
  const { readTarget = async ({ state }: Task) => Promise.resolve(state) } = options;
  const known = createKnownTasks();

  const remember = (found: Found): Found => {
    const { task } = found;
    const takes = task.expiresAt === null ? usual?.(task.operation) : null;
    const remembered = takes ? { ...found, task: { ...task, usual: takes } } : found;
    known.keep(remembered);
    return remembered;
  };

  const close = (found: Found, { outcome, closedAt, cancelRequested }: Closing): Found => {
    const task: Task = {
      ...found.task,
      usual: undefined, // of use until the end, and another in each gateway
      state: outcome,
      updatedAt: Math.max(closedAt, found.task.createdAt),
      expiresAt: closedAt + retentionMs,
      cancelRequested: found.task.cancelRequested || cancelRequested,
    };
    const closed = { ...found, task };
    const isNews = known.ended(found.workflowId, task.taskRef)?.runId !== found.runId;
    known.keep(closed);
    if (isNews) onEnd?.(closed, closedAt);
    return closed;
  };

  const toFound = async (execution: Execution): Promise<Found | null> => {
    const memo = parseTaskMemo(execution.memo);
    if (!memo) return null;
    const { workflowId, runId } = execution;
    const task = toRunning(execution, memo, retentionMs);
    const found = { task, memo, workflowId, runId };
    if (execution.status !== 'running') {
      const kept = known.ended(workflowId, task.taskRef);
      return kept?.runId === runId ? kept : close(found, await closings.read(found));
    }
    const seen = remember(found);
    return { ...seen, task: { ...seen.task, state: await withWorker(execution, task) } };
  };

  const withWorker = async (execution: Execution, task: Task): Promise<TaskState> =>
    task.state.status === 'pending' &&
    (task.cancelRequested || toLaterStart(task, Date.now()) === null)
      ? { status: 'pending', workerPresent: await isWorkerPresent(execution.taskQueue) }
      : readTarget(task);

  const byWorkflowId = async (workflowId: string, likelyRunId?: string) => {
    const execution = await describe(workflowId, likelyRunId);
    return execution && toFound(execution);
  };

  return {
    close,
    remember,
    byWorkflowId,
    recall: (principal, taskRef) => {
      const ref = parseTaskRef(taskRef);
      return ref && known.any(toWorkflowId(principal, ref.keyPart), taskRef);
    },
    byRef: async (principal, taskRef) => {
      const ref = parseTaskRef(taskRef);
      if (!ref) throw notFound();
      const workflowId = toWorkflowId(principal, ref.keyPart);
      const kept = known.ended(workflowId, taskRef);
      if (kept) return kept;
      const found = await byWorkflowId(workflowId, ref.runId);
      if (found?.task.taskRef !== taskRef) throw notFound();
      return found;
    },
  };
}

/** The task behind a workflow, as if it still ran. */
function toRunning(execution: Execution, memo: TaskMemo, retentionMs: number): Task {
  const { workflowId, firstRunId, startedAt, closedAt, activity } = execution;
  const target = parseTarget(execution.memo['target']);
  return {
    taskRef: toWorkflowTaskRef(workflowId, firstRunId),
    operation: memo.operation,
    idempotencyKey: memo.key,
    createdAt: memo.createdAt,
    ...toStartsAt(memo),
    updatedAt: Math.max(
      memo.createdAt,
      startedAt,
      closedAt ?? 0,
      activity?.lastChangeAt ?? 0,
      parseWaitingMemo(execution.memo)?.at ?? 0,
    ),
    deadline: parseInputMemo(execution.memo)?.until ?? toDeadline(memo, startedAt),
    expiresAt: null,
    retentionMs,
    cancelRequested: execution.cancelRequested,
    ...(target && { target }),
    state: toRunningState(execution),
  };
}

function notFound(): OperationError {
  return new OperationError(
    'TASK_NOT_FOUND',
    'no task of this caller has this task_ref: it is unknown, malformed or expired; list_background_tasks finds a handle again',
  );
}

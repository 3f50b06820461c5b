// From a task_ref to its task. A foreign, unknown, expired or malformed task_ref gives the same answer. Terminal tasks
// are kept for a while: their answer does not change, unless an operator resets the workflow.
import {
  parseInputMemo,
  parseTaskMemo,
  parseWaitingMemo,
  type TaskMemo,
} from '../../contract/memo.ts';
import { LRUCache } from 'lru-cache';
import { OperationError } from '../../contract/errors.ts';
import { parseTaskRef, toWorkflowTaskRef } from '../../contract/task-ref.ts';
import { toLaterStart, type Task, type TaskState } from '../../contract/task.ts';
import type { Usual } from '../../contract/usual.ts';
import type { Closing, Closings } from './closing.ts';
import { toDeadline, toStartsAt } from './deadline.ts';
import type { Describe, Execution } from '../calls/execution.ts';
import { toWorkflowId } from '../calls/identity.ts';
import { toRunningState } from './state.ts';

/** A task together with the workflow behind it. */
export interface Found {
  readonly task: Task;
  readonly memo: TaskMemo;
  readonly workflowId: string;
  /** The latest run: another than in the task_ref after a reset. */
  readonly runId: string;
}

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

/** Terminal answers kept, in bytes of their JSON. */
const DONE_BYTES = 64 * 1024 * 1024;

/** How long what is known is kept, in milliseconds: an operator's reset shows after this time. */
const KEPT_MS = 60_000;

/** Running tasks whose names are kept, so that a wait costs one call. */
const RUNNING_TASKS = 5_000;

export interface LookupOptions {
  readonly describe: Describe;
  readonly closings: Closings;
  /** How long Temporal keeps a closed workflow, in milliseconds. */
  readonly retentionMs: number;
  /** Whether a worker polls the queue of a task that still waits. */
  readonly isWorkerPresent: (taskQueue: string) => Promise<boolean | null>;
  /** How long tasks of an operation usually take; `null` while nobody knows. */
  readonly usual?: (operation: string) => Usual | null;
  /** Called when an end is first seen here; with its instant, in milliseconds since the epoch. */
  readonly onEnd?: (found: Found, endedAt: number) => void;
}

export function createLookup(options: LookupOptions): Lookup {
  const { describe, closings, retentionMs, isWorkerPresent, usual, onEnd } = options;
  const done = new LRUCache<string, Found>({
    maxSize: DONE_BYTES,
    ttl: KEPT_MS,
    sizeCalculation: ({ task }) => JSON.stringify(task).length,
  });
  const running = new LRUCache<string, Found>({ max: RUNNING_TASKS, ttl: KEPT_MS });
  const cacheKey = (workflowId: string, taskRef: string) => `${workflowId} ${taskRef}`;

  const remember = (found: Found): Found => {
    const { task, workflowId } = found;
    const key = cacheKey(workflowId, task.taskRef);
    if (task.expiresAt === null) {
      const known = usual?.(task.operation);
      const remembered = known ? { ...found, task: { ...task, usual: known } } : found;
      running.set(key, remembered);
      return remembered;
    }
    running.delete(key);
    const keptMs = Math.min(KEPT_MS, task.expiresAt - Date.now());
    if (keptMs > 0) done.set(key, found, { ttl: keptMs });
    return found;
  };

  const close = (found: Found, { outcome, closedAt, cancelRequested }: Closing): Found => {
    const task: Task = {
      ...found.task,
      state: outcome,
      updatedAt: Math.max(closedAt, found.task.createdAt),
      expiresAt: closedAt + retentionMs,
      cancelRequested: found.task.cancelRequested || cancelRequested,
    };
    const closed = { ...found, task };
    const isNews = done.peek(cacheKey(found.workflowId, task.taskRef))?.runId !== found.runId;
    remember(closed);
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
      const kept = done.get(cacheKey(workflowId, task.taskRef));
      return kept?.runId === runId ? kept : close(found, await closings.read(found));
    }
    const known = remember(found);
    return { ...known, task: { ...known.task, state: await withWorker(execution, task) } };
  };

  const withWorker = async (execution: Execution, task: Task): Promise<TaskState> =>
    task.state.status === 'pending' &&
    (task.cancelRequested || toLaterStart(task, Date.now()) === null)
      ? { status: 'pending', workerPresent: await isWorkerPresent(execution.taskQueue) }
      : task.state;

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
      if (!ref) return null;
      const key = cacheKey(toWorkflowId(principal, ref.keyPart), taskRef);
      return done.get(key) ?? running.get(key) ?? null;
    },
    byRef: async (principal, taskRef) => {
      const ref = parseTaskRef(taskRef);
      if (!ref) throw notFound();
      const workflowId = toWorkflowId(principal, ref.keyPart);
      const kept = done.get(cacheKey(workflowId, taskRef));
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
    state: toRunningState(execution),
  };
}

function notFound(): OperationError {
  return new OperationError(
    'TASK_NOT_FOUND',
    'no task of this caller has this task_ref: it is unknown, malformed or expired; list_background_tasks finds a handle again',
  );
}

// From a task_ref to its task. A foreign, unknown, expired or malformed task_ref gives the same answer. Terminal tasks
// are kept for a while: their answer does not change, unless an operator resets the workflow.
import { OperationError } from '../../contract/errors.ts';
import type { Lane as LaneName } from '../../contract/lane.ts';
import { parseTaskRef, toTaskRef } from '../../contract/task-ref.ts';
import { toLaterStart, type Task, type TaskState, type Usual } from '../../contract/task.ts';
import { toDeadline, toStartsAt } from './deadline.ts';
import { toWorkflowId } from '../calls/identity.ts';
import type { Closing, Lane, Lanes, Standing } from '../lanes/lane.ts';
import { createKnownTasks, type Found } from './known-tasks.ts';
import type { TargetStates } from './target-state.ts';

export interface Lookup {
  /** The task of a task_ref. Rejects with `TASK_NOT_FOUND`. */
  byRef(principal: string, taskRef: string): Promise<Found>;
  /** The task of an id, in either lane; `null` when there is none, or when it is no task. */
  byId(id: string): Promise<Found | null>;
  /** The same in one lane. */
  byIdIn(lane: LaneName, id: string): Promise<Found | null>;
  /** The task after its end, without asking again. */
  close(found: Found, closing: Closing): Found;
  /** What is known without asking: a task that was started or read here within a minute. */
  recall(principal: string, taskRef: string): Found | null;
  /** Keeps what is known of a task, and says how long a running one is likely to take. */
  remember(found: Found): Found;
}

export interface LookupOptions {
  readonly lanes: Lanes;
  /** How long Temporal keeps what has closed, in milliseconds. */
  readonly retentionMs: number;
  /** Whether a worker polls the queue of a task that still waits. */
  readonly isWorkerPresent: (standing: Standing) => Promise<boolean | null>;
  /** How long tasks of an operation usually take; `null` while that is not known. */
  readonly usual?: (operation: string) => Usual | null;
  /** What the workflow says that a running task follows. Default: nothing. */
  readonly readTarget?: TargetStates['read'];
  /** Called when an end is first seen here; with its instant, in milliseconds since the epoch. */
  readonly onEnd?: (found: Found, endedAt: number) => void;
}

export function createLookup(options: LookupOptions): Lookup {
  const { lanes, retentionMs, isWorkerPresent, usual, onEnd } = options;
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

  const toFound = async (lane: Lane, standing: Standing): Promise<Found> => {
    const { workflowId, runId, memo, closing } = standing;
    const task = toRunning(standing, retentionMs);
    const found: Found = { task, memo, lane: lane.name, workflowId, runId };
    if (closing) {
      const kept = known.ended(workflowId, task.taskRef);
      if (kept?.runId === runId) return kept;
      return close(found, closing === 'apart' ? await lane.closings.read(found) : closing);
    }
    const seen = remember(found);
    return { ...seen, task: { ...seen.task, state: await withWorker(standing, task) } };
  };

  const withWorker = async (standing: Standing, task: Task): Promise<TaskState> =>
    task.state.status === 'pending' &&
    (task.cancelRequested || toLaterStart(task, Date.now()) === null)
      ? { status: 'pending', workerPresent: await isWorkerPresent(standing) }
      : readTarget(task);

  const byIdIn = async (name: LaneName, id: string, likelyRunId?: string) => {
    const lane = lanes[name];
    const standing = lane && (await lane.describe(id, likelyRunId));
    return standing && toFound(lane, standing);
  };

  return {
    close,
    remember,
    byIdIn,
    byId: async (id) => (await byIdIn('workflow', id)) ?? byIdIn('activity', id),
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
      // A task that has asked goes on in another run than the one that it is named after.
      const likelyRunId = known.any(workflowId, taskRef)?.runId ?? ref.runId;
      const found = await byIdIn(ref.lane, workflowId, likelyRunId);
      if (found?.task.taskRef !== taskRef) throw notFound();
      return found;
    },
  };
}

/** The task, as if it still ran. */
function toRunning(standing: Standing, retentionMs: number): Task {
  const { lane, workflowId, firstRunId, memo, startedAt, target, state } = standing;
  const { answersUntil = toDeadline(memo, startedAt) } = standing;
  const keyPart = workflowId.slice(workflowId.indexOf(':') + 1);
  return {
    taskRef: toTaskRef({ lane, keyPart, runId: firstRunId }),
    operation: memo.operation,
    idempotencyKey: memo.key,
    createdAt: memo.createdAt,
    ...toStartsAt(memo),
    updatedAt: Math.max(memo.createdAt, standing.changedAt),
    deadline: answersUntil,
    expiresAt: null,
    retentionMs,
    cancelRequested: standing.cancelRequested,
    ...(target && { target }),
    state,
  };
}

function notFound(): OperationError {
  return new OperationError(
    'TASK_NOT_FOUND',
    'no task of this caller has this task_ref: it is unknown, malformed or expired',
  );
}

// A task as the native faces show it. Invariants: `createdAt` is the same instant in every answer, the time to live is
// never longer than what is really kept, and on 2025-11-25 a task whose cancel was requested is cancelled for good.
import { isDone, toLaterStart, type Progress, type Task } from '../../contract/task.ts';
import type { PollingHints } from '../../tasks/options.ts';
import { toPollAfterMs } from '../../tasks/poll-hint.ts';

/** The states that both generations know. */
export type NativeStatus = 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled';

interface TaskFields {
  readonly taskId: string;
  readonly status: NativeStatus;
  readonly statusMessage?: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** ISO 8601, UTC. */
  readonly lastUpdatedAt: string;
}

/** A task of the extension, without what depends on its status. */
export interface ExtensionTask extends TaskFields {
  readonly ttlMs: number;
  readonly pollIntervalMs: number;
}

/** A task of 2025-11-25. */
export interface LegacyTask extends TaskFields {
  readonly ttl: number;
  readonly pollInterval: number;
}

export function toExtensionTask(
  task: Task,
  polling: PollingHints,
  now = Date.now(),
): ExtensionTask {
  return {
    ...toFields(task, toExtensionStatus(task), toStatusMessage(task, now)),
    ttlMs: toTtlMs(task),
    pollIntervalMs: toPollIntervalMs(task, polling, now),
  };
}

/** @param isToolError whether it called a tool that answered with an error: in 2025-11-25 such a task has failed */
export function toLegacyTask(
  task: Task,
  polling: PollingHints,
  now = Date.now(),
  isToolError = false,
): LegacyTask {
  const known = toLegacyStatus(task);
  const status = isToolError && known === 'completed' ? 'failed' : known;
  // However the work ends after a cancel, the answer stays as it was.
  const message = status === 'cancelled' ? CANCELLED : toStatusMessage(task, now);
  return {
    ...toFields(task, status, message),
    ttl: toTtlMs(task),
    pollInterval: toPollIntervalMs(task, polling, now),
  };
}

/**
 * The status in the extension: a failure of the operation is a completed call whose result is an error, and `failed` is
 * left for what Longhaul itself did not manage.
 */
function toExtensionStatus({ state }: Task): NativeStatus {
  switch (state.status) {
    case 'pending':
    case 'processing':
      return 'working';
    case 'input_required':
    case 'completed':
      return state.status;
    case 'failed':
      if (state.error.code === 'CANCELLED') return 'cancelled';
      return state.error.code === 'INTERNAL' ? 'failed' : 'completed';
  }
}

/** Whether a task has ended for a client of 2025-11-25. */
export function isLegacyTerminal(task: Task): boolean {
  const status = toLegacyStatus(task);
  return status !== 'working' && status !== 'input_required';
}

/** The status in 2025-11-25, where a cancel counts from the moment it is requested. */
export function toLegacyStatus(task: Task): NativeStatus {
  if (task.cancelRequested) return 'cancelled';
  const { state } = task;
  if (state.status !== 'failed') return toExtensionStatus(task);
  return state.error.code === 'CANCELLED' ? 'cancelled' : 'failed';
}

/** All that a legacy client reads of a cancelled task. */
export const CANCELLED = 'The task was cancelled on request.';

function toFields(task: Task, status: NativeStatus, statusMessage: string | undefined): TaskFields {
  return {
    taskId: task.taskRef,
    status,
    ...(statusMessage !== undefined && { statusMessage }),
    createdAt: new Date(task.createdAt).toISOString(),
    lastUpdatedAt: new Date(Math.max(task.createdAt, task.updatedAt)).toISOString(),
  };
}

function toStatusMessage(task: Task, now: number): string | undefined {
  const { state, cancelRequested } = task;
  const startsAt = toLaterStart(task, now);
  if (!isDone(state) && cancelRequested) {
    return 'A cancel was requested and is not confirmed yet.';
  }
  switch (state.status) {
    case 'pending':
      if (startsAt !== null) return `It begins at ${new Date(startsAt).toISOString()}.`;
      return state.workerPresent === false
        ? 'It waits for a worker, and none is polling: nothing runs until one is started.'
        : 'It waits for a worker.';
    case 'processing':
      return state.progress ? toProgressMessage(state.progress) : undefined;
    case 'input_required':
      return Object.values(state.requests)
        .map(({ message }) => message)
        .join(' ');
    case 'completed':
      return undefined;
    case 'failed':
      return `${state.error.code}: ${state.error.message}`;
  }
}

function toProgressMessage({ fraction, message }: Progress): string | undefined {
  const share = fraction === null ? [] : [`${Math.floor(fraction * 100)} %`];
  return [...share, ...(message ? [message] : [])].join(', ') || undefined;
}

/** From the creation. Retention counts from the end, so a running task is kept for longer than it says. */
function toTtlMs({ createdAt, expiresAt, retentionMs }: Task): number {
  return Math.floor(expiresAt === null ? retentionMs : expiresAt - createdAt);
}

/** Of a task that has ended it stays as it was then: its answer does not change. */
function toPollIntervalMs(task: Task, polling: PollingHints, now: number): number {
  return toPollAfterMs(task, isDone(task.state) ? task.updatedAt : now, polling);
}

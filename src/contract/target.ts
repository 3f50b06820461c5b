// The target of a task: a workflow of somebody else, which the task starts or joins, follows and ends with.
import { isJsonObject } from './json.ts';

/** A namespace of Temporal. What is absent is that of Longhaul itself. */
export interface Place {
  /** Name of a profile in `temporal.toml`. */
  readonly profile?: string;
  readonly namespace?: string;
}

/** One workflow execution; what later runs of it are called, follows from its first. */
export interface Target extends Place {
  readonly type: string;
  readonly taskQueue: string;
  readonly workflowId: string;
  readonly runId: string;
  /** It ran already when the task came: others may depend on it. */
  readonly joined?: boolean;
}

/** What became of a target whose task ends, or wants it to end. */
export interface Stopped {
  /** `requested`: it was asked to cancel. `ended`: it has. `left`: nobody asked it. */
  readonly how: 'requested' | 'terminated' | 'ended' | 'left';
  /** A clause that says so, for the message of the task's error. */
  readonly said: string;
}

/** Why a target is stopped: somebody cancels the task, or the task's own time is over. */
export type StopReason = 'cancel' | 'limit';

/** The header of a started workflow and of a scheduled activity; its payload is a `TaskNames` as JSON. */
export const TASK_HEADER = 'longhaul-task';

/** How the other side knows a task. */
export interface TaskNames {
  readonly task_ref: string;
  /** The same for every attempt of the task, and not to be guessed. */
  readonly idempotency_key: string;
}

/** Reads a target, as the memo of a task has it; `null` when there is none. */
export function parseTarget(value: unknown): Target | null {
  if (!isJsonObject(value)) return null;
  const { type, taskQueue, workflowId, runId, joined, profile, namespace } = value;
  return typeof type === 'string' &&
    typeof taskQueue === 'string' &&
    typeof workflowId === 'string' &&
    typeof runId === 'string'
    ? {
        type,
        taskQueue,
        workflowId,
        runId,
        ...(joined === true && { joined }),
        ...(typeof profile === 'string' && { profile }),
        ...(typeof namespace === 'string' && { namespace }),
      }
    : null;
}

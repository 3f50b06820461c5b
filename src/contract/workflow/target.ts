// The target of a task: a workflow of another application, which the task starts or joins, follows and ends with.
import { isExactNumber } from '../json/exact-number.ts';
import { isJsonObject, type Json } from '../json.ts';

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
  /** `requested`: it was asked to cancel. `ended`: it has. `left`: it was not asked. */
  readonly how: 'requested' | 'terminated' | 'ended' | 'left';
  /** A clause that says so, for the message of the task's error. */
  readonly said: string;
}

/** Why a target is stopped: a cancel of the task was requested, or the task's own time is over. */
export type StopReason = 'cancel' | 'limit';

/** The header of a started workflow and of a scheduled activity; its payload is a `TaskNames` as JSON. */
export const TASK_HEADER = 'longhaul-task';

/** How the other side knows a task. */
export interface TaskNames {
  readonly task_ref: string;
  /** The same for every attempt of the task, and not to be guessed. */
  readonly idempotency_key: string;
}

/** Stands in rendered arguments where the task_ref belongs, which is not known before the start. */
export const TASK_REF_MARK = '\u0000task_ref\u0000';

/** Arguments with the task_ref in its places. */
export function fillTaskRef(value: Json, taskRef: string): Json {
  if (typeof value === 'string') return value.replaceAll(TASK_REF_MARK, taskRef);
  if (Array.isArray(value)) return value.map((item: Json) => fillTaskRef(item, taskRef));
  if (!isJsonObject(value) || isExactNumber(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, fillTaskRef(item, taskRef)]),
  );
}

/** An activity of another application, as a task schedules it. */
export interface ForeignActivity {
  readonly type: string;
  readonly taskQueue: string;
  readonly args: readonly Json[];
  /** Whether it beats: its silence counts as its end. */
  readonly heartbeats: boolean;
  /** Whether what it returns is checked before it is the result. */
  readonly checks: boolean;
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

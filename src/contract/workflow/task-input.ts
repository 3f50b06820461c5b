// What a workflow is started with, and what it answers. Gateway and worker are deployed apart and differ in age:
// fields are only ever added, and a new one is optional.
import type { OperationKind } from './activity-id.ts';
import type { BatchInput } from './batch.ts';
import type { Followed, Held } from './call.ts';
import type { ErrorCode } from '../errors.ts';
import type { FileReference } from '../file.ts';
import type { Asked, InputResponses } from '../input.ts';
import type { Json } from '../json.ts';
import type { Policy } from './policy.ts';
import type { ReceivedCallback } from './received-callback.ts';
import type { ForeignActivity, StopReason, Target } from './target.ts';

export const WORKFLOW_TYPE = 'runTask';

/** The task queue that gateways send to and workers poll, unless configured otherwise. */
export const TASK_QUEUE = 'longhaul';

export interface TaskInput {
  readonly operation: string;
  readonly kind: OperationKind;
  readonly parameters: Json;
  /** Where the parameters are, when they are too large to stand here; `parameters` is `null` then. */
  readonly storedParameters?: FileReference;
  /**
   * Sent upstream by every attempt: unique for each installation, principal and request, and not to be guessed. Where an older
   * gateway started the task, the id of its workflow.
   */
  readonly idempotencyKey: string;
  /** The id of the task's workflow; absent where an older gateway started it, which sent it as `idempotencyKey`. */
  readonly workflowId?: string;
  readonly principal: string;
  /** Whether an attempt that vanished with its worker may run again. */
  readonly idempotent: boolean;
  readonly policy: Policy;
  /** Where the end of the task is to be delivered; absent when nowhere. */
  readonly callbacks?: readonly string[];
  /** The address at which an upstream reports the end of the task's job; absent where it is only polled. */
  readonly callbackUrl?: string;
  /** The activity of another application that is each attempt; absent but for the kind `activity`. */
  readonly activity?: ForeignActivity;
  /** How long the task waits before its first attempt, in milliseconds, without a worker's slot; absent: not at all. */
  readonly delayMs?: number;
  /** How long after its start the task begins, in milliseconds; its time counts from then. Absent: at once. */
  readonly startAfterMs?: number;
  /** What a batch runs; absent in every other task. */
  readonly batch?: BatchInput;
  /** What was asked and answered before this run began, and what is to be answered before its first attempt. */
  readonly asked?: Asked;
  /** What happened before this run began: a task that asks goes on in a run of its own. */
  readonly before?: AttemptsBefore;
}

/** What earlier runs of a task leave to the one that goes on. */
export interface AttemptsBefore extends Held {
  readonly attempt: number;
  readonly failures: number;
  readonly losses: number;
  /** Attempts that vanished with their worker; absent in a run that an earlier version began. */
  readonly lost?: number;
  /** Attempts that were put off; absent when none was. */
  readonly putOffs?: number;
  /** The last attempt that reached the operation; `null` when none did. */
  readonly lastRun: number | null;
  /** Whether one of them may have taken effect upstream, as far as is known. */
  readonly effect: 'none' | 'unknown';
  /** How much of the task's time is used up, in milliseconds. */
  readonly spentMs: number;
  /** How long the task has waited for input, which does not count, in milliseconds. */
  readonly waitedMs: number;
  /** The task at another server that has asked; absent where an attempt did. */
  readonly followed?: Followed;
}

/** The result of the workflow; a failed task is a failed workflow instead. */
export interface TaskOutput {
  readonly result: Json;
  /** The attempt that succeeded, counted from 1. */
  readonly attempt: number;
  /** A cancel was requested, and the task completed all the same; absent when none was. */
  readonly cancelRequested?: boolean;
}

export interface AttemptInput {
  readonly parameters: Json;
  /** As in the task's input. */
  readonly storedParameters?: FileReference;
  readonly idempotencyKey: string;
  readonly principal: string;
  readonly attempt: number;
  /** Longest time of the attempt, in milliseconds, where its worker keeps it; absent where Temporal does. */
  readonly limitMs?: number;
  /** Of the task's first run, which its task_ref names. */
  readonly firstRunId?: string;
  /** How long the task has waited before its first attempt, as its operation wanted; absent: not at all. */
  readonly delayedMs?: number;
  /** For a job's submit: whether the workflow takes a `DelayedPoll` beside a plain handle. Older workflows have none. */
  readonly takesLateLook?: boolean;
  /** For a job's poll and cancel: what submit returned. */
  readonly handle?: Json;
  /** For a job's poll: when to poll first, in milliseconds; absent when at once. */
  readonly firstLookMs?: number;
  /** As in the task's input. */
  readonly callbackUrl?: string;
  /** For a callback about a job: what was sent. */
  readonly callback?: ReceivedCallback;
  /** To follow or stop a workflow: which. */
  readonly target?: Target;
  /** To follow a workflow: within what time a worker must have begun it, in milliseconds; absent where it need not. */
  readonly beginMs?: number;
  /** To stop a workflow: why. */
  readonly stopReason?: StopReason;
  /** What was asked and answered so far; absent when nothing. */
  readonly inputResponses?: InputResponses;
  /** For a call: whether an earlier attempt has asked. Absent from an older workflow, which only comes back with answers. */
  readonly hasAsked?: boolean;
}

/** What a submit returns where the upstream says when it wants to be asked first; otherwise the handle alone. */
export interface DelayedPoll {
  readonly [DELAYED_POLL]: { readonly handle: Json; readonly firstLookMs: number };
}

/** The only key of a `DelayedPoll`, which no handle of an author has. */
export const DELAYED_POLL = 'longhaul.late-look';

/** The failure type of a poll that found the job running; its detail is the progress. */
export const JOB_RUNNING = 'JOB_RUNNING';

/** The failure type of an attempt that its worker gave up, for example in a shutdown: what it did is not known. */
export const ATTEMPT_LOST = 'ATTEMPT_LOST';

/**
 * The failure type of an attempt that came to a worker without the key to its input: nothing was run. The SDK takes it from
 * the class of the error.
 */
export const KEY_MISSING = 'MissingKeyError';

/** The failure type of an attempt that came to a worker without its operation: nothing was run. */
export const UNKNOWN_TO_WORKER = 'UNKNOWN_TO_WORKER';

/**
 * The failure type of an attempt that came while the operation was switched off, or while its principal had its share of the
 * worker's slots: nothing was run. The code is in the details; where an older worker says none, the operation was switched off.
 */
export const ATTEMPT_PUT_OFF = 'ATTEMPT_PUT_OFF';

/** Why an attempt was put off, as the code that its task ends with when there is no time left. */
export type PutOffCode = Extract<ErrorCode, 'CIRCUIT_OPEN' | 'RATE_LIMITED'>;

/** The detail of that failure. */
export interface PutOff {
  readonly code: PutOffCode;
  /** The earliest time at which it may begin, in milliseconds; absent where that is not known. */
  readonly retryAfterMs?: number;
  /** When its turn among those of its principal may come, in milliseconds. Absent from an older worker. */
  readonly turnMs?: number;
}

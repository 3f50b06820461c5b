// What a worker reports of tasks and attempts, for metrics and traces. Invariant: a report changes nothing; a worker without
// telemetry runs the same workflow.
import type { SendEnd } from './callback.ts';
import type { ErrorCode } from '../errors.ts';
import type { TraceContext } from '../trace.ts';

/** The end of a task, as the worker that ran its last step saw it. Times are milliseconds. */
export interface TaskEnd {
  readonly operation: string;
  /** Why it failed; `null` when it completed. */
  readonly code: ErrorCode | null;
  /** From its start to its end, without waiting for input. */
  readonly tookMs: number;
  /** Since the epoch. */
  readonly endedAt: number;
}

/** Why an attempt follows another: the operation failed and said so, or its worker was lost. */
export type Repetition = 'retry' | 'recovery';

/** The end of a callback, which an operator may have brought about, too: then it was given up. */
export interface CallbackEnd {
  readonly operation: string;
  readonly status: 'delivered' | 'gone' | 'given_up';
  /** From the end of its task, in milliseconds. */
  readonly tookMs: number;
}

/** What an observed workflow calls; plain data only, since it leaves the sandbox. */
export interface ObservationSink {
  /** @param header the trace header that the task was started with, as a payload; `null` when there was none */
  taskEnded(end: TaskEnd, header: unknown): void;
  /** The end of one attempt, whether or not it came from the worker that had begun it. */
  attemptEnded(end: Pick<TaskEnd, 'operation' | 'code'>): void;
  repeated(operation: string, repetition: Repetition): void;
  asked(operation: string): void;
  callbackSent(sent: { readonly operation: string; readonly status: SendEnd['kind'] }): void;
  callbackEnded(end: CallbackEnd): void;
}

/** An activity of a task, or of a callback's delivery, that is about to run. Times are milliseconds. */
export interface RunningActivity {
  /** The activity's type: the operation, for a job with the step behind it. */
  readonly type: string;
  /** Whether it is an attempt, and neither a poll of a job nor its cancel. */
  readonly isAttempt: boolean;
  /** Counted from 1. */
  readonly attempt: number;
  /** How long it waited for a worker, as far as this machine's clock agrees with the server's. */
  readonly queuedMs: number;
  readonly taskRef: string;
  readonly trace: TraceContext | null;
}

/** What a task that is one activity reports of itself, since no workflow does. */
export interface TaskReports {
  /** Runs an attempt within its measurements. */
  run<Result>(attempt: number, run: () => Promise<Result>): Promise<Result>;
  attemptEnded(code: ErrorCode | null): void;
  /** Another attempt follows. */
  repeated(repetition: Repetition): void;
  taskEnded(code: ErrorCode | null): void;
}

/** Of a worker without telemetry. */
export const NO_REPORTS: TaskReports = {
  run: async (_, run) => run(),
  attemptEnded: () => undefined,
  repeated: () => undefined,
  taskEnded: () => undefined,
};

/** Receives the reports of a worker. It must not throw. */
export interface WorkerObserver extends Omit<ObservationSink, 'taskEnded'> {
  taskEnded(end: TaskEnd, taskRef: string, trace: TraceContext | null): void;
  /** The trace that is under way; `null` outside of any. */
  traceId(): string | null;
  /** Runs an activity within a span, and measures it. */
  run<Result>(activity: RunningActivity, run: () => Promise<Result>): Promise<Result>;
}

/** What waits on a task queue. `limited`: attempts of operations that are limited in the whole fleet. */
export interface QueueStatus {
  readonly kind: 'workflow' | 'activity' | 'callback' | 'limited';
  /** By Temporal's own count. */
  readonly depth: number;
  /** How long the first in it has waited, in milliseconds. */
  readonly ageMs: number;
  /** Workers that have polled within the last minute or so. */
  readonly workers: number;
}

/** How many tasks of an operation Temporal keeps; those that were cancelled, terminated or timed out count as failed. */
export type TaskCounts = Readonly<Record<'open' | 'completed' | 'failed', number>>;

/** What Temporal itself knows of a whole fleet. Rejects when it does not answer. */
export interface FleetStatus {
  queues(): Promise<readonly QueueStatus[]>;
  tasks(operation: string): Promise<TaskCounts>;
}

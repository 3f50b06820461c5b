// What operations of the kind `workflow` need of Temporal: the port that the worker and the gateway are given.
import type { JsonObject, Json } from '../contract/json.ts';
import type { Progress } from '../contract/task.ts';
import type { Place, Stopped, StopReason, Target, TaskNames } from '../contract/workflow/target.ts';

/** A workflow to start. */
export interface TargetPlan extends Place {
  readonly type: string;
  readonly taskQueue: string;
  readonly workflowId: string;
  readonly args: readonly Json[];
  /** Whether one that runs already under the id is joined. */
  readonly joins: boolean;
}

/** Where a value of a running workflow is found. */
export type ValueSource =
  { readonly query: string } | { readonly memo: string } | { readonly searchAttribute: string };

/** Where progress is read: a value, or the heartbeat of the activity that the workflow waits for. */
export interface ProgressSource {
  readonly from: ValueSource | 'heartbeat';
  /** What the number counts to. */
  readonly scale: 1 | 100;
}

/** A question that the workflow waits to have answered. */
export interface TargetAsk {
  readonly message: string;
  readonly schema: JsonObject;
  readonly send: { readonly signal: string } | { readonly update: string };
  /** True, or a text that stands in for the message, while the workflow waits for the answer. */
  readonly when: ValueSource;
}

/** What is read of a running workflow. */
export interface TargetReading {
  readonly progress: ProgressSource;
  readonly asks: Readonly<Record<string, TargetAsk>>;
}

/** How a running workflow stands. */
export interface TargetState {
  readonly progress: Progress | null;
  /** The message of each question that is open, by its key. */
  readonly open: Readonly<Record<string, string>>;
}

export interface Following {
  readonly signal: AbortSignal;
  /** Within what time a worker must have begun it, in milliseconds from now; `null` where it has begun or need not. */
  readonly beginMs: number | null;
  /** Called between two long polls; never rejects. */
  readonly beat: () => Promise<void>;
  /** Longest single poll, in milliseconds. */
  readonly pollMs: number;
}

/** Workflows of others. Every method rejects with an error of the table. */
export interface Targets extends AsyncDisposable {
  /** Starts it, or finds the one that an earlier start of the same task has started. */
  start(plan: TargetPlan, task: TaskNames & { readonly runId: string }): Promise<Target>;
  /** Its result, at its real end: over retries, runs that continue it, and resets. Rejects with how it failed. */
  follow(target: Target, following: Following): Promise<Json>;
  stop(target: Target, how: CancelMode, reason: StopReason): Promise<Stopped>;
  /** Shared by all who ask within a second. */
  read(target: Target, reading: TargetReading): Promise<TargetState>;
  /** Rejects with `INVALID_PARAMETERS` where an update is rejected. */
  answer(target: Target, ask: TargetAsk, content: JsonObject): Promise<void>;
  /**
   * Checks what can be known of a place before anything is started there.
   *
   * @throws {TypeError} one sentence, when there is no such profile
   */
  check(place: Place): void;
}

/** What a cancel does to a target. */
export type CancelMode = 'request' | 'terminate' | 'leave';

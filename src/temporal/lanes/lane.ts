// What carries tasks in Temporal, as the task service sees it: the same words for a workflow and for an activity. Whatever a task service
// does beyond these calls, it does for both.
import type { Lane as LaneName } from '../../contract/lane.ts';
import type { Outcome, TaskState } from '../../contract/task.ts';
import type { TaskMemo } from '../../contract/workflow/memo.ts';
import type { Target } from '../../contract/workflow/target.ts';
import type { ParameterFields } from '../tasks/parameters.ts';
import type { Plan } from './plan.ts';

/** One run of what carries a task. */
export interface Run {
  readonly lane: LaneName;
  /** The id of the workflow or the activity. */
  readonly workflowId: string;
  readonly runId: string;
}

/** How a run ended. */
export interface Closing {
  readonly outcome: Outcome;
  /** Milliseconds since the epoch. */
  readonly closedAt: number;
  /** Whether a cancel had been requested, as far as the end shows. */
  readonly cancelRequested: boolean;
}

/** How a task stands. Instants are milliseconds since the epoch. */
export interface Standing extends Run {
  /** The run that its task_ref names. */
  readonly firstRunId: string;
  readonly memo: TaskMemo;
  /** Where it waits for a worker. */
  readonly taskQueue: string;
  readonly startedAt: number;
  readonly changedAt: number;
  readonly cancelRequested: boolean;
  /** Until when it waits for answers; absent where it does not. */
  readonly answersUntil?: number;
  /** The workflow of another application that it follows; absent where it follows none. */
  readonly target?: Target;
  /** As if it still ran, where it has ended; `workerPresent` is for the caller to fill in. */
  readonly state: TaskState;
  /** `'apart'`: it has ended, and how is another question, for `closings`. */
  readonly closing: Closing | 'apart' | null;
}

/** What a long poll brought: the end, or the token with which the next one goes on. */
export interface Page {
  readonly closing: Closing | null;
  /** Whether the run ended because the task goes on in another. */
  readonly continued: boolean;
  readonly nextPageToken: Uint8Array | null;
}

export interface Closings {
  /** How a run that has closed ended; concurrent readers share the call. Rejects with an error of the table. */
  read(run: Run): Promise<Closing>;
  /** One long poll. Rejects with whatever Temporal said. */
  poll(run: Run, token: Uint8Array | null, limitMs: number): Promise<Page>;
}

export interface Lane {
  readonly name: LaneName;
  /** Starts a task; resolves to the id of its run. Rejects with whatever Temporal said. */
  start(plan: Plan, parameters: ParameterFields): Promise<string>;
  /** Whether a start was refused because there is a task of this id. */
  isTaken(failure: unknown): boolean;
  /** `null` when there is none, or when it is no task. Rejects with an error of the table. */
  describe(id: string, likelyRunId?: string): Promise<Standing | null>;
  readonly closings: Closings;
  /** Asks the latest run to stop; repeating it changes nothing. Rejects with whatever Temporal said. */
  requestCancel(run: Run, taskRef: string, reason: string): Promise<void>;
}

export interface Lanes {
  readonly workflow: Lane;
  /** `null` where the server has no standalone activities. */
  readonly activity: Lane | null;
}

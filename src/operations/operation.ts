// An operation as the engine sees it: types erased, JSON in, JSON out, every boundary parsed inside. `defineOperation`,
// `defineJob` and the HTTP declarations all end here.
import type { InputRequests } from '../contract/input.ts';
import type { Json, JsonObject } from '../contract/json.ts';
import type { ForeignActivity, Place, TaskNames } from '../contract/workflow/target.ts';
import type { ReceivedCallback } from '../contract/workflow/received-callback.ts';
import type { Progress } from '../contract/task.ts';
import type { OperationCallback } from './callbacks.ts';
import type { DeclaredContext } from './context.ts';
import type { LaneOption, Need } from './lane.ts';
import type { PolicyOptions } from './policy.ts';
import type { CancelMode, TargetPlan, TargetReading } from './targets.ts';

/** A named kind of external work. */
export interface Operation {
  /** Letters, digits, `_` and `-`, beginning with a letter, at most 64: valid as a tool name for every client. */
  readonly name: string;
  /** For people, where a client shows tools. */
  readonly title: string;
  /** For a model: what it does, when to use it, how long it takes. */
  readonly description: string;
  readonly hints: OperationHints;
  /** Words by which an agent narrows the list of operations. */
  readonly tags: readonly string[];
  /**
   * How long a typed call waits for the outcome before it hands out a handle, in milliseconds; `null` leaves it to the
   * configuration.
   */
  readonly inlineWaitMs: number | null;
  /** Whether a modern client that does not take tasks is refused by the tool of this name. */
  readonly taskSupport: 'optional' | 'required';
  /** JSON Schema of the parameters. */
  readonly inputSchema: JsonObject;
  /** JSON Schema of the result; `null` when any JSON may come back. */
  readonly outputSchema: JsonObject | null;
  readonly policy: PolicyOptions;
  /** Where the end of each task is POSTed. Absent: nowhere. */
  readonly callbacks?: readonly OperationCallback[];
  /** Whether an attempt that vanished with its worker may run again without harm. */
  readonly idempotent: boolean;
  /** What carries its tasks in Temporal. Absent: what the configuration says. */
  readonly lane?: LaneOption | undefined;
  /** What only a workflow can do for its tasks; absent where nothing. */
  readonly needs?: readonly Need[];
  /**
   * Parses parameters, once for all that a start asks about them, without running anything.
   *
   * Fails with `INVALID_PARAMETERS`, with every offending path and the input schema in the details.
   */
  accept(parameters: Json): Accepted;
  /** The tool of another server that it calls; its results are results of a tool, to be handed on as they are. */
  readonly tool?: ForeignTool;
  readonly steps: Steps;
}

/** A tool of another MCP server. */
export interface ForeignTool {
  /** The name of the server in the configuration. */
  readonly upstream: string;
  /** As the server lists it. */
  readonly listed: JsonObject;
}

/** What an operation says about parameters that it accepted; the author's code runs when it is asked. */
export interface Accepted {
  /** The idempotency key that they imply; `null` when the operation derives none. */
  deriveKey(): string | null;
  /** How long a task waits before its first attempt, in milliseconds, holding no worker slot. */
  delayMs(): number;
  /** What must be answered before the first attempt; `null` when nothing. */
  askFirst(): InputRequests | null;
}

/** What an operation does to the world, in the words of MCP's tool annotations; `idempotent` stands beside. */
export interface OperationHints {
  /** It changes nothing. Default: `false`. */
  readonly readOnly: boolean;
  /** It may destroy or overwrite something. Default: `true`, unless it is read-only. */
  readonly destructive: boolean;
  /** It deals with systems outside of this installation. Default: `true`. */
  readonly openWorld: boolean;
}

export type Steps = RunSteps | JobSteps | WorkflowSteps | ActivitySteps | CallSteps | BatchSteps;

/** Work that one attempt does from beginning to end. */
export interface RunSteps {
  readonly kind: 'run';
  run(parameters: Json, context: DeclaredContext): Promise<Json>;
}

/** Work that runs elsewhere: it is submitted once, then asked for. */
export interface JobSteps extends PollSteps {
  readonly kind: 'job';
  /** Starts the job upstream. */
  submit(parameters: Json, context: DeclaredContext): Promise<Submitted>;
  /** How the upstream reports the end of the job itself; absent where it is only polled. */
  readonly callback?: JobCallback;
}

/** How work that runs elsewhere is followed. */
export interface PollSteps {
  /** Asks for the job once. */
  poll(job: Job, context: DeclaredContext): Promise<JobStatus>;
  /** Asks the upstream to stop; absent when the upstream cannot. */
  readonly cancel?: (job: Job, context: DeclaredContext) => Promise<void>;
  readonly polling: JobPolling;
}

/** What becomes of callbacks about a job. */
interface JobCallback {
  /** Names of the headers that `take` reads, in lower case; no other is kept. */
  readonly headers: readonly string[];
  /**
   * Finds out whether a callback is genuine, and whether it says that the job has ended. A job that failed upstream is thrown as an
   * `OperationError`; a callback that says nothing to go by is not.
   */
  take(job: Job, callback: ReceivedCallback, context: DeclaredContext): Promise<CallbackTaken>;
}

/** What a callback said: the result, or why it is passed over. */
export type CallbackTaken = { readonly result: Json } | { readonly passedOver: string };

/** The call of another server's tool, which may make a task of it. Polls may ask. */
export interface CallSteps extends PollSteps {
  readonly kind: 'call';
  call(parameters: Json, context: DeclaredContext): Promise<CallAnswer>;
  /** Whether something of a task waits in this process for an answer; false once it has ended by itself. */
  isHeld(idempotencyKey: string): boolean;
  /**
   * Whether the task of the other server waits for an answer to one of these questions still. Rejects with an `UnreadPoll` where the
   * server does not say.
   */
  waitsFor(questions: readonly string[], job: Job, context: DeclaredContext): Promise<boolean>;
}

export type CallAnswer =
  | { readonly result: Json }
  | {
      readonly followed: Submitted;
      /** Whether only this worker finds the task again. */
      readonly staysHere: boolean;
    };

/** Work that is one task of another operation for each item. */
interface BatchSteps {
  readonly kind: 'batch';
  /** Reads parameters; what they say of items is for the operation that these run to check. Fails with `INVALID_PARAMETERS`. */
  read(parameters: Json): BatchRequest;
}

/** What a batch was asked for. */
export interface BatchRequest {
  readonly operation: string;
  /** Each with a name of its own. */
  readonly items: readonly { readonly name: string; readonly parameters: JsonObject }[];
  /** Items that run at once. */
  readonly concurrency: number;
  /** Whether nothing more is started after an item has failed. */
  readonly stopsOnError: boolean;
}

export interface Submitted {
  /** What finds the job again; kept in the workflow's history. */
  readonly handle: Json;
  /** When to poll first, in milliseconds. Default: at once. */
  readonly firstLookMs?: number;
}

export interface Job {
  readonly parameters: Json;
  readonly handle: Json;
}

/** What one poll found. A job that failed upstream is thrown as an `OperationError`. */
export type JobStatus =
  | {
      readonly done: false;
      readonly progress?: Progress;
      /** When to poll again, in milliseconds; overrides the polling intervals once. */
      readonly pollAfterMs?: number;
      /** What finds the job from now on, where that has moved. */
      readonly handle?: Json;
    }
  | { readonly done: true; readonly result: Json; readonly handle?: Json };

/** How often a job is polled. */
export interface JobPolling {
  /** Pause before the second poll, in milliseconds. */
  readonly initialIntervalMs: number;
  /** Factor from one pause to the next. */
  readonly backoffMultiplier: number;
  /** Longest pause, in milliseconds. */
  readonly maxIntervalMs: number;
}

/** What workers of others have, and where they poll for it. */
interface TheirWork {
  readonly type: string;
  readonly taskQueue: string;
}

/** Work that a workflow of others does: it is started once, then followed. */
export interface WorkflowSteps {
  readonly kind: 'workflow';
  readonly place: Place;
  readonly work: TheirWork;
  /**
   * What is started for these parameters. Fails with `INVALID_PARAMETERS`.
   *
   * @param task.workflowId of the task itself
   */
  plan(parameters: Json, task: TaskNames & { readonly workflowId: string }): TargetPlan;
  /** The result of the task, from that of the workflow. Fails with `INTERNAL`. */
  toResult(result: Json): Json;
  readonly cancel: CancelMode;
  readonly reading: TargetReading;
}

/** Work that an activity of others does: each attempt is one, on the task queue of its workers. */
export interface ActivitySteps {
  readonly kind: 'activity';
  readonly work: TheirWork;
  /** What is scheduled for these parameters. Fails with `INVALID_PARAMETERS`. */
  plan(parameters: Json, names: TaskNames): ForeignActivity;
  /** The result of the task, from what the activity returned. Fails with `INTERNAL`. */
  toResult(returned: Json): Json;
}

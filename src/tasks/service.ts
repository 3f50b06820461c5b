// The port: everything a face can ask for. One implementation talks to Temporal; tests may supply another.
import type { TaskError } from '../contract/errors.ts';
import type { InputResponses } from '../contract/input.ts';
import type { Json, JsonObject } from '../contract/json.ts';
import type { Progress, Task, TaskStatus, Usual } from '../contract/task.ts';
import type { ASK_METHODS } from '../contract/workflow/upstream-ask.ts';
import type { TraceContext } from '../contract/trace.ts';

/** Who calls, and until when the answer is of use. */
export interface Caller {
  /** `local` on stdio and on an unauthenticated loopback server. Never taken from arguments. */
  readonly principal: string;
  /** Aborted when the caller goes away; ends the call, never the task. */
  readonly signal?: AbortSignal | undefined;
  /** The trace that the call belongs to, as the caller said. */
  readonly trace?: TraceContext | undefined;
}

export interface StartRequest {
  readonly operation: string;
  readonly parameters: Json;
  /** 1 to 128 visible characters; made up when absent. */
  readonly idempotencyKey?: string | undefined;
  /** Total time that the caller allows, in milliseconds; clamped to the operation's policy. */
  readonly maxWaitMs?: number | undefined;
  /** How long after this call the task begins, in milliseconds, at most 30 days. Its time counts from then. Default: at once. */
  readonly startAfterMs?: number | undefined;
  /** Where the end of the task is reported, beside what the operation has; only what the configuration allows. */
  readonly callbackUrl?: string | undefined;
  /** Answers to what the operation asks before its first attempt (`askFirst`); what is missing is asked by the task. */
  readonly inputResponses?: InputResponses | undefined;
}

/** A task, new or found again. */
export interface Started {
  readonly task: Task;
  /** Whether the task existed before this call. */
  readonly deduplicated: boolean;
}

/** What a wait for several tasks ends with. */
export type WaitFor = 'any' | 'all';

export interface Cancellation {
  readonly task: Task;
  /** `requested`: on its way. `confirmed`: the task ended as cancelled. `already_finished`: it ended before, or all the same. */
  readonly cancellation: 'requested' | 'confirmed' | 'already_finished';
}

/** Which tasks to list; every field narrows. */
export interface TaskFilter {
  readonly status?: TaskStatus | undefined;
  readonly operation?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  /** The task_ref of a batch, whose items are listed instead of tasks that nothing else started. */
  readonly batch?: string | undefined;
  /** Tasks per page, 1 to 100. */
  readonly limit: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

/** One page: running tasks first, then those that ended last. */
export interface TaskPage {
  readonly tasks: readonly Task[];
  readonly nextCursor: string | null;
}

export interface UpstreamAsk {
  /** Its name in the configuration. */
  readonly upstream: string;
  readonly method: (typeof ASK_METHODS)[number];
  readonly params: JsonObject;
}

/**
 * The task service. Every method rejects with an error of the table `ERRORS` (`code`): `TASK_NOT_FOUND` for a foreign
 * task_ref as for an unknown one, `BACKEND_UNAVAILABLE` when Temporal is out of reach.
 */
export interface TaskService {
  /** Why every start of an operation by this caller is refused for now (`CIRCUIT_OPEN`); `null` when it is not. Makes no request. */
  refusal(caller: Caller, operation: string): TaskError | null;
  /** How long tasks of an operation usually take; `null` while that is not known. Makes no call. */
  usual(operation: string): Usual | null;
  /**
   * Starts a task, or finds the one that the idempotency key names.
   *
   * Refuses with `CIRCUIT_OPEN`, `UNKNOWN_OPERATION`, `INVALID_PARAMETERS`, `IDEMPOTENCY_KEY_CONFLICT`, `SUBMISSION_UNCONFIRMED`.
   */
  start(caller: Caller, request: StartRequest): Promise<Started>;
  read(caller: Caller, taskRef: string): Promise<Task>;
  /** The task as soon as it is done or asks for input, or as it stands after `waitMs`. */
  wait(
    caller: Caller,
    taskRef: string,
    waitMs: number,
    onProgress?: (progress: Progress) => void,
  ): Promise<Task>;
  /**
   * Several tasks as soon as one or all of them are done or ask for input, or as they stand after `waitMs`: in the order of the
   * handles, `null` for one that names no task of the caller.
   */
  waitForMany(
    caller: Caller,
    taskRefs: readonly string[],
    waitFor: WaitFor,
    waitMs: number,
  ): Promise<readonly (Task | null)[]>;
  /** Asks the task to stop; repeating it changes nothing. */
  cancel(caller: Caller, taskRef: string, reason?: string): Promise<Cancellation>;
  /**
   * Answers questions of a task that is `input_required`, some or all of them. Answers to questions that were never asked
   * or are answered already are ignored. Durable when it resolves, with the task as it then stands, which may still show
   * the question for a moment.
   *
   * Refuses with `INVALID_PARAMETERS` an answer that does not fit the requested schema; then none is taken.
   */
  provideInput(caller: Caller, taskRef: string, responses: InputResponses): Promise<Task>;
  /** Asks another server for what is no tool. Refuses with `UPSTREAM_REJECTED`, `UPSTREAM_UNAVAILABLE`. */
  askUpstream(caller: Caller, ask: UpstreamAsk): Promise<Json>;
  list(caller: Caller, filter: TaskFilter): Promise<TaskPage>;
}

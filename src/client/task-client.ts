// The agent's side of long tasks: one call that takes as long as it takes. Invariant: what ends a task is an outcome; what
// keeps this client from learning it is thrown, with the handle.
import type { JsonObject } from '../contract/json.ts';
import { toNotifiedTask } from './wake-up.ts';
import type { CallTool } from './call-tool.ts';
import { createCaller } from './caller.ts';
import { createHandle } from './create-handle.ts';
import { TaskClientError } from './errors.ts';
import { createFaces } from './faces.ts';
import type { SerializedHandle, TaskHandle, WaitOptions } from './handle.ts';
import { resolveOptions, type TaskClientOptions } from './options.ts';
import { readResult, type ResultPart } from './read-result.ts';
import { startTask, type StartOptions } from './start.ts';
import type { TaskOutcome, TaskView } from './view.ts';

/** How to run: how to start, and how to wait. An abort cancels the task unless `cancelOnAbort` is `false`. */
export type RunOptions = StartOptions & WaitOptions;

/** How a task of `settle` stands, or why that could not be learned. */
export type Settled = TaskView | { readonly status: 'unknown'; readonly error: TaskClientError };

/** Starts tasks and follows them. */
export interface TaskClient {
  /**
   * Starts a task and waits until it has ended.
   *
   * @throws {TaskClientError} when the start was refused, or when the end cannot be learned
   */
  run(operation: string, parameters: JsonObject, options?: RunOptions): Promise<TaskOutcome>;
  /** Starts a task, or finds the one that the idempotency key names. @throws {TaskClientError} */
  start(operation: string, parameters: JsonObject, options?: StartOptions): Promise<TaskHandle>;
  /** Takes up a task that was started elsewhere, by its task_ref or by what `JSON.stringify` made of its handle. */
  resume(task: string | SerializedHandle): TaskHandle;
  /**
   * Reads a part of the result of a completed task, as a gateway's `read_task_result` answers it: within what a model's context has
   * room for, with what is left and how to go on. Servers other than Longhaul have no such tool.
   *
   * @throws {TaskClientError}
   */
  readResult(
    taskRef: string,
    part?: ResultPart,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<JsonObject>;
  /**
   * Reads many tasks at once, with one wait each; tasks that run on are shown as they stand. `waitSeconds` is the
   * client's own by default.
   */
  settle(
    handles: readonly TaskHandle[],
    options?: { readonly waitSeconds?: number; readonly signal?: AbortSignal },
  ): Promise<readonly Settled[]>;
  /**
   * Takes the body of a callback, as text or parsed: a wait of this client for its task polls at once, instead of after the pause.
   * The body has no other effect and is not verified here; an endpoint that is open to others verifies it first. Returns whether a
   * wait was pausing.
   */
  notified(event: string | JsonObject): boolean;
}

/** @throws {RangeError} for options out of their bounds */
export function createTaskClient(connection: CallTool, options?: TaskClientOptions): TaskClient {
  const resolved = resolveOptions(options);
  const shared = {
    caller: createCaller(connection, resolved),
    options: resolved,
    faces: createFaces(connection, resolved.dialect),
  };
  const start: TaskClient['start'] = (operation, parameters, how = {}) =>
    startTask(shared, operation, parameters, how);
  return {
    start,
    run: async (operation, parameters, how = {}) => {
      const handle = await start(operation, parameters, how);
      return handle.wait({ cancelOnAbort: true, ...how });
    },
    resume: (task) => {
      const handle =
        typeof task === 'string' ? { taskRef: task, operation: null, idempotencyKey: null } : task;
      const { taskRef, operation, idempotencyKey, outcome } = handle;
      const unseen: TaskView = { status: 'running', progress: null, pollAfterMs: 0 };
      const known = { taskRef, operation, idempotencyKey, ...(outcome && { outcome }) };
      return createHandle(shared, known, outcome ?? unseen);
    },
    readResult: (taskRef, part = {}, { signal } = {}) => readResult(shared, taskRef, part, signal),
    notified: (event) => {
      const taskRef = toNotifiedTask(event);
      return taskRef !== null && resolved.wakeUps.wake(taskRef);
    },
    settle: (handles, { waitSeconds = resolved.waitSeconds, ...how } = {}) =>
      Promise.all(
        handles.map(async (handle): Promise<Settled> => {
          try {
            return await handle.read({ waitSeconds, ...how });
          } catch (error) {
            if (error instanceof TaskClientError) return { status: 'unknown', error };
            throw error;
          }
        }),
      ),
  };
}

// The task service over Temporal: the implementation of the port that every face calls. It keeps no state of its own
// but caches; any number of gateways may run it side by side.
import type { Client } from '@temporalio/client';
import { isDone, type Outcome, type Progress, type Task } from '../contract/task.ts';
import type { Registry } from '../operations/registry.ts';
import type { Caller, TaskService } from '../tasks/service.ts';
import { createCancel } from './cancel.ts';
import { createClosings } from './closing.ts';
import { createDescribe } from './execution.ts';
import { createList } from './list.ts';
import { createLookup } from './lookup.ts';
import { createStart } from './start.ts';
import { createWorkerPresence } from './worker-presence.ts';

/** What the service needs. */
export interface TaskServiceOptions {
  readonly client: Client;
  readonly namespace: string;
  readonly registry: Registry;
  readonly taskQueue: string;
  /** How long a start may take to be confirmed, in milliseconds. */
  readonly startDeadlineMs: number;
  /** How long Temporal keeps a closed workflow, in milliseconds. */
  readonly retentionMs: number;
  /** Whether client and worker share a connection in this process. */
  readonly eager: boolean;
}

/** How long a read may take, in milliseconds. */
const READ_MS = 5_000;

/** Pause between two looks at the progress of a task that somebody watches, in milliseconds. */
const WATCH_MS = 1_000;

/** Creates the task service. */
export function createTaskService(options: TaskServiceOptions): TaskService {
  const { client, namespace, retentionMs } = options;
  const closings = createClosings(client, namespace, READ_MS);
  const lookup = createLookup({
    describe: createDescribe(client, namespace, READ_MS),
    closings,
    retentionMs,
    isWorkerPresent: createWorkerPresence(client, namespace, READ_MS),
  });
  const read = async ({ principal }: Caller, taskRef: string): Promise<Task> =>
    (await lookup.byRef(principal, taskRef)).task;

  const wait = async (
    caller: Caller,
    taskRef: string,
    waitMs: number,
    onProgress?: (progress: Progress) => void,
  ): Promise<Task> => {
    const until = Date.now() + waitMs;
    const found =
      lookup.recall(caller.principal, taskRef) ?? (await lookup.byRef(caller.principal, taskRef));
    if (isDone(found.task.state)) return found.task;
    const gone = aborted(caller.signal);
    for (let leftMs = waitMs; leftMs > 0 && !caller.signal?.aborted; leftMs = until - Date.now()) {
      const closing = await Promise.race([
        closings.wait(found, onProgress ? Math.min(leftMs, WATCH_MS) : leftMs),
        gone,
      ]);
      // A terminated run may have been reset, and then the task goes on in another.
      if (closing && !isTerminated(closing.outcome)) return lookup.close(found, closing).task;
      const task = await read(caller, taskRef);
      if (closing || isDone(task.state)) return task;
      if (task.state.status === 'processing' && task.state.progress)
        onProgress?.(task.state.progress);
    }
    return read(caller, taskRef);
  };

  return {
    start: createStart({ ...options, lookup }),
    read,
    wait,
    cancel: createCancel(client, namespace, lookup, closings, READ_MS),
    list: createList(client, namespace, lookup, READ_MS),
  };
}

function isTerminated(outcome: Outcome): boolean {
  return outcome.status === 'failed' && outcome.error.code === 'TERMINATED';
}

/** Resolves to `null` when the caller goes away. */
async function aborted(signal: AbortSignal | undefined): Promise<null> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve(null);
    signal?.addEventListener(
      'abort',
      () => {
        resolve(null);
      },
      { once: true },
    );
  });
}

// The task service, watched: the same port around another, which counts what is asked and what comes of it, and opens a
// span for each call. Invariant: it never changes an answer.
import { isDone, type Task } from '../contract/task.ts';
import type { Caller, TaskService } from '../tasks/service.ts';
import type { Instruments } from './instruments.ts';
import { createPollCounts } from './poll-counts.ts';
import type { Spans } from './spans.ts';

export interface ObservedTasksOptions {
  readonly tasks: TaskService;
  /** `null` where metrics are off. */
  readonly instruments: Instruments | null;
  /** `null` where tracing is off. */
  readonly spans: Spans | null;
}

export function observeTasks({ tasks, instruments, spans }: ObservedTasksOptions): TaskService {
  const polls = createPollCounts();
  const counted = (task: Task): Task => {
    const count = polls.count(task);
    if (count !== null) instruments?.record('polls_per_task', count, { operation: task.operation });
    return task;
  };
  const watch = async <Result>(
    method: keyof TaskService,
    caller: Caller,
    call: () => Promise<Result>,
    operation: string | null = null,
  ): Promise<Result> =>
    spans ? spans.aroundCall({ method, operation, parent: caller.trace ?? null }, call) : call();

  return {
    ...tasks,
    start: (caller, request) =>
      watch(
        'start',
        caller,
        async () => {
          const started = await tasks.start(caller, request);
          const { operation, taskRef } = started.task;
          spans?.about(taskRef);
          instruments?.add(started.deduplicated ? 'deduplications' : 'tasks_started', 1, {
            operation,
          });
          return started;
        },
        request.operation,
      ),
    read: (caller, taskRef) =>
      watch('read', caller, async () => counted(await tasks.read(caller, taskRef))),
    wait: (caller, taskRef, waitMs, onProgress) =>
      watch('wait', caller, async () => {
        const began = performance.now();
        const task = await tasks.wait(caller, taskRef, waitMs, onProgress);
        const seconds = (performance.now() - began) / 1000;
        instruments?.record('wait_duration_seconds', seconds, { status: task.state.status });
        return counted(task);
      }),
    waitForMany: (caller, taskRefs, waitFor, waitMs) =>
      watch('waitForMany', caller, async () => {
        const found = await tasks.waitForMany(caller, taskRefs, waitFor, waitMs);
        return found.map((task) => task && counted(task));
      }),
    cancel: (caller, taskRef, reason) =>
      watch('cancel', caller, async () => {
        const known = await tasks.cancel(caller, taskRef, reason);
        if (isDone(known.task.state)) polls.forget(taskRef);
        return known;
      }),
    provideInput: (caller, taskRef, responses) =>
      watch('provideInput', caller, () => tasks.provideInput(caller, taskRef, responses)),
    list: (caller, filter) => watch('list', caller, () => tasks.list(caller, filter)),
  };
}

// Workers of the SDK as things that are stopped. Invariant: several stop together, and the first that failed by itself is
// reported.
import type { Worker } from '@temporalio/worker';

export interface RunningWorker extends AsyncDisposable {
  readonly isPolling: boolean;
  /** Drains and ends; resolves when the last attempt has ended. */
  stop(): Promise<void>;
  /** Rejects when the worker fails by itself; resolves when it was stopped. */
  readonly ended: Promise<void>;
}

export function runWorker(worker: Worker): RunningWorker {
  const ended = worker.run();
  ended.catch(() => undefined); // its starter awaits `ended`; until then it is no unhandled rejection
  const stop = async () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await ended;
  };
  return toRunningWorker(() => worker.getState() === 'RUNNING', ended, stop);
}

/** @param ended as `RunningWorker` has it */
export function toRunningWorker(
  isPolling: () => boolean,
  ended: Promise<void>,
  stop: () => Promise<void>,
): RunningWorker {
  return {
    get isPolling() {
      return isPolling();
    },
    ended,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Several workers as one: it polls while all of them do, and ends with the last, or with the first that fails. */
export function joinWorkers(workers: readonly RunningWorker[]): RunningWorker {
  const ended = Promise.all(workers.map((worker) => worker.ended)).then(() => undefined);
  ended.catch(() => undefined);
  const stop = async () => {
    await Promise.all(workers.map(async (worker) => worker.stop()));
  };
  return toRunningWorker(() => workers.every(({ isPolling }) => isPolling), ended, stop);
}

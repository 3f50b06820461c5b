// A task service whose backend is still on its way: calls wait for it a little, then say so. A backend that could not
// be brought up is tried again by the next call.
import { OperationError } from '../contract/errors.ts';
import { messageOf } from '../contract/text.ts';
import type { TaskService } from '../tasks/service.ts';
import type { Log } from './log.ts';

export interface TasksBackend extends AsyncDisposable {
  readonly tasks: TaskService;
}

/** How long a call waits for the backend, in milliseconds: shorter than clients wait for a call. */
const WAIT_MS = 10_000;

/** Brings the backend up at once, in the background; the signal ends the attempt when the session has ended. */
export function createDeferredTasks(
  open: (signal: AbortSignal) => Promise<TasksBackend>,
  log: Pick<Log, 'error'>,
): TaskService & AsyncDisposable {
  const leaving = new AbortController();
  let opening: Promise<TasksBackend> | undefined;
  let opened: TasksBackend | undefined;
  const begin = (): Promise<TasksBackend> => {
    if (opening) return opening;
    const attempt = open(leaving.signal);
    opening = attempt;
    attempt.catch((error: unknown) => {
      if (!leaving.signal.aborted) {
        log.error('Temporal could not be brought up', { error: messageOf(error) });
      }
      opening = undefined;
    });
    attempt.then(
      (backend) => (opened = backend),
      () => undefined,
    );
    return attempt;
  };
  void begin().catch(() => undefined);

  const ready = async (): Promise<TaskService> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(away('Temporal is still being brought up; the first start may take minutes'));
      }, WAIT_MS);
    });
    try {
      return (await Promise.race([begin(), late])).tasks;
    } catch (error) {
      throw error instanceof OperationError ? error : away(messageOf(error));
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    refusal: (...call) => opened?.tasks.refusal(...call) ?? null,
    usual: (...call) => opened?.tasks.usual(...call) ?? null,
    start: async (...call) => (await ready()).start(...call),
    read: async (...call) => (await ready()).read(...call),
    wait: async (...call) => (await ready()).wait(...call),
    waitForMany: async (...call) => (await ready()).waitForMany(...call),
    cancel: async (...call) => (await ready()).cancel(...call),
    provideInput: async (...call) => (await ready()).provideInput(...call),
    askUpstream: async (...call) => (await ready()).askUpstream(...call),
    list: async (...call) => (await ready()).list(...call),
    [Symbol.asyncDispose]: async () => {
      leaving.abort();
      const backend = await opening?.catch(() => undefined);
      await backend?.[Symbol.asyncDispose]();
    },
  };
}

function away(message: string): OperationError {
  return new OperationError('BACKEND_UNAVAILABLE', message, { retryAfterMs: 5_000 });
}

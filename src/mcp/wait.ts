// Waiting for a task inside one call. A wait ends when the task is done or asks something, when its time is over, when the
// caller goes away, or when the gateway shuts down; only the third leaves the call unanswered, and none touches the task.
import { toErrorCode } from '../contract/errors.ts';
import type { Task } from '../contract/task.ts';
import type { Caller, WaitFor } from '../tasks/service.ts';
import type { Call } from './call.ts';

/** The task when it is done or asks something, or as it stands after `seconds`, at most `capSeconds`. */
export async function waitForTask(
  call: Call,
  taskRef: string,
  seconds: number,
  capSeconds = call.mcp.polling.waitCapSeconds,
): Promise<Task> {
  const { mcp, caller, onProgress } = call;
  const waitMs = Math.min(seconds, capSeconds) * 1000;
  const read = async () => mcp.tasks.read(caller, taskRef);
  if (waitMs <= 0) return read();
  return untilShutdown(
    call,
    async (waiting) => mcp.tasks.wait(waiting, taskRef, waitMs, onProgress),
    read,
  );
}

/**
 * Waits as a caller whose signal aborts in a shutdown, too; what fails by that is read instead. `AbortSignal.any` would do the same, and
 * leave something of each wait with the signal of the shutdown until garbage is collected.
 */
async function untilShutdown<Result>(
  { mcp: { drain }, caller }: Call,
  wait: (caller: Caller) => Promise<Result>,
  read: () => Promise<Result>,
): Promise<Result> {
  const ending = new AbortController();
  const end = () => {
    ending.abort();
  };
  const forget = drain.onBegin(end);
  caller.signal?.addEventListener('abort', end);
  if (caller.signal?.aborted) end();
  try {
    return await wait({ ...caller, signal: ending.signal });
  } catch (error) {
    if (drain.signal.aborted && !caller.signal?.aborted) return await read();
    throw error;
  } finally {
    forget();
    caller.signal?.removeEventListener('abort', end);
  }
}

/** What was found, and whether the limits of the caller left no place to wait for it. */
export interface Awaited<Found> {
  readonly found: Found;
  readonly crowded: boolean;
}

/** Waits where the limits of the caller leave a place to; otherwise reads the task at once. */
export async function waitOrRead(
  call: Call,
  taskRef: string,
  seconds: number,
): Promise<Awaited<Task>> {
  const read = async () => call.mcp.tasks.read(call.caller, taskRef);
  return orRead(seconds, async () => waitForTask(call, taskRef, seconds), read);
}

/** The same for several tasks, `null` for a handle that names none; at most as long as a call may wait. */
export async function waitForTasks(
  call: Call,
  taskRefs: readonly string[],
  waitFor: WaitFor,
  seconds: number,
): Promise<Awaited<readonly (Task | null)[]>> {
  const { mcp, caller } = call;
  const ask = async (waiting: Caller, waitMs: number) =>
    mcp.tasks.waitForMany(waiting, taskRefs, waitFor, waitMs);
  const waitMs = Math.min(seconds, mcp.polling.waitCapSeconds) * 1000;
  const read = async () => ask(caller, 0);
  const wait = async () => untilShutdown(call, async (waiting) => ask(waiting, waitMs), read);
  return orRead(waitMs, wait, read);
}

async function orRead<Found>(
  wished: number,
  wait: () => Promise<Found>,
  read: () => Promise<Found>,
): Promise<Awaited<Found>> {
  try {
    return { found: await wait(), crowded: false };
  } catch (thrown) {
    if (wished <= 0 || toErrorCode(thrown) !== 'RATE_LIMITED') throw thrown;
    return { found: await read(), crowded: true };
  }
}

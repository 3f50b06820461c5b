// A time limit around a call to Temporal. The native client repeats a failed call for ten seconds and grants every try the
// whole deadline, so the limit is enforced here as well: the caller has an answer on time, whatever the transport does.
// A call that is given up here cannot be withdrawn; it ends by itself, at most ten seconds and one deadline later.
import type { ConnectionLike } from '@temporalio/client';

/** Thrown when a call has no answer in time; the call may still take effect. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/**
 * Runs `call` for at most `limitMs` milliseconds. Holds little: thousands of calls may wait at once.
 *
 * @param signal gives it up earlier, with its reason
 */
export async function withLimit<Result>(
  connection: ConnectionLike,
  limitMs: number,
  call: () => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
    };
    const giveUp = () => {
      end();
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      end();
      reject(new NoAnswerError(`no answer from Temporal within ${limitMs} ms`));
    }, limitMs);
    signal?.addEventListener('abort', giveUp);
    connection
      .withDeadline(Date.now() + limitMs, call)
      .finally(end)
      .then(resolve, reject);
  });
}

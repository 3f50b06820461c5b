// A time limit around a call to Temporal. The native client repeats a failed call for ten seconds and grants every try the
// whole deadline, so the limit is enforced here as well: the caller has an answer on time, whatever the transport does.
// A call that is given up here cannot be withdrawn; it ends by itself, at most ten seconds and one deadline later.
import type { ConnectionLike } from '@temporalio/client';

/** Thrown when a call has no answer in time; the call may still take effect. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** Runs `call` for at most `limitMs` milliseconds. */
export async function withLimit<Result>(
  connection: ConnectionLike,
  limitMs: number,
  call: () => Promise<Result>,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new NoAnswerError(`no answer from Temporal within ${limitMs} ms`));
    }, limitMs);
  });
  try {
    const answer = connection.withDeadline(Date.now() + limitMs, call);
    answer.catch(() => undefined); // it may fail after the limit
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

// A time limit around a call to Temporal. The native client retries below a deadline of its own, so the limit is
// enforced here as well: whoever calls is answered on time, whatever the transport does.
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

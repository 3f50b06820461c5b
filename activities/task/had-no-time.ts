// Whether attempts of which nothing is known can have vanished at all. A worker that cannot read a task fails its attempt before it could
// say so by a heartbeat, and Temporal keeps the failure of the last one alone; but an attempt that vanished is missed when one of its
// timeouts is over, and no sooner. All times are the server's.
import type { Info } from '@temporalio/activity';
import { toBackOffMs } from '../../src/contract/back-off.ts';

/**
 * @param count how many attempts there were, all that Temporal has made of the activity before this one
 * @param startAfterMs how long the first was put off, in milliseconds
 * @param endedAt when the last of them had failed, in milliseconds since the epoch
 */
export function hadNoTimeToVanish(
  { scheduledTimestampMs, heartbeatTimeoutMs, startToCloseTimeoutMs, retryPolicy }: Info,
  count: number,
  startAfterMs: number,
  endedAt: number,
): boolean {
  const shortestMs = Math.min(heartbeatTimeoutMs ?? NaN, startToCloseTimeoutMs);
  // Milliseconds, as a worker has them; what is not known makes the answer `false`.
  const initialMs = Number(retryPolicy?.initialInterval);
  const longestMs = Number(retryPolicy?.maximumInterval);
  let pausesMs = 0;
  for (let pause = 0; pause < count - 1; pause += 1) {
    pausesMs += toBackOffMs(initialMs, retryPolicy?.backoffCoefficient ?? NaN, pause, longestMs);
  }
  return endedAt - scheduledTimestampMs - startAfterMs - pausesMs < shortestMs;
}

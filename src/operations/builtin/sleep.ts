// Waits, reports progress, and ends as asked: the operation to try everything else with. A short sleep is an attempt like
// any other, so that what happens to attempts can be tried with it; a long one waits in its workflow and holds no slot.
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { ERRORS, OperationError, type ErrorCode } from '../../contract/errors.ts';
import { defineOperation } from '../define.ts';
import type { Operation } from '../operation.ts';

/** Pause between two reports of progress, in milliseconds. Source: at most one a second is sent on. */
const TICK_MS = 1000;

/** Longest sleep within an attempt, in milliseconds: a caller of many sleeps must not keep others from working. */
const SHORT_MS = 10_000;

const codes = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

/** `sleep`: waits for a number of seconds, then completes or fails with the code that was asked for. */
export const sleep: Operation = defineOperation({
  name: 'sleep',
  description:
    'Waits for a number of seconds and reports progress. For trying out background tasks: set fail_with to see how a ' +
    'failure with that code looks.',
  input: z.strictObject({
    seconds: z.number().min(0).max(86_400).describe('How long to wait, in seconds, 0 to 86400.'),
    fail_with: z
      .enum(codes)
      .optional()
      .describe('Error code to fail with after the wait. Without it the task completes.'),
  }),
  output: z.strictObject({ slept_seconds: z.number() }),
  policy: { totalTimeoutSeconds: 90_000, attemptTimeoutSeconds: 120 },
  idempotent: true,
  delayMs: ({ seconds }) => (seconds * 1000 > SHORT_MS ? seconds * 1000 : 0),
  run: async ({ seconds, fail_with: failWith }, context) => {
    const { signal } = context;
    const startedAt = performance.now();
    for (let leftMs = seconds * 1000 - context.delayedMs; leftMs > 0;) {
      const sleptMs = seconds * 1000 - leftMs;
      context.progress(
        sleptMs / (seconds * 1000),
        `slept ${Math.floor(sleptMs / 1000)} of ${seconds} s`,
      );
      await delay(Math.min(leftMs, TICK_MS), undefined, { signal }).catch(rethrowReason(signal));
      leftMs = seconds * 1000 - (performance.now() - startedAt);
    }
    if (failWith) {
      throw new OperationError(
        failWith,
        `sleep was asked to fail with ${failWith} after ${seconds} s`,
      );
    }
    return { slept_seconds: seconds };
  },
});

/** Timers reject with an AbortError of their own; what the runner needs is the signal's reason. */
function rethrowReason(signal: AbortSignal): (thrown: unknown) => never {
  return (thrown) => {
    throw signal.aborted ? signal.reason : thrown;
  };
}

// A simulated batch: how far it is follows from the clock and from the start time in its handle, so it goes on
// through any crash.
import * as z from 'zod';
import { defineJob } from '../define-job.ts';
import type { Operation } from '../operation.ts';

/** `simulated_batch`: a job with progress that needs no upstream. */
export const simulatedBatch: Operation = defineJob({
  name: 'simulated_batch',
  description:
    'Pretends to process a batch of items elsewhere, at an even pace, with progress. For trying out long jobs: it ' +
    'survives restarts of everything.',
  input: z.strictObject({
    items: z.int().min(1).max(10_000).describe('Number of items, 1 to 10000.'),
    seconds: z
      .number()
      .min(0)
      .max(86_400)
      .default(10)
      .describe('How long the whole batch takes, in seconds, 0 to 86400. Default: 10.'),
  }),
  output: z.strictObject({ processed: z.int(), seconds: z.number() }),
  policy: { totalTimeoutSeconds: 90_000, attemptTimeoutSeconds: 30 },
  idempotent: true,
  polling: { initialIntervalMs: 500, backoffMultiplier: 1.5, maxIntervalMs: 10_000 },
  submit: () => Promise.resolve({ startedAt: Date.now() }),
  poll: ({ parameters: { items, seconds }, handle: { startedAt } }) => {
    const fraction = seconds === 0 ? 1 : Math.max(0, Date.now() - startedAt) / (seconds * 1000);
    if (fraction >= 1)
      return Promise.resolve({ done: true, result: { processed: items, seconds } });
    const leftMs = Math.ceil((1 - fraction) * seconds * 1000);
    const message = `${Math.floor(fraction * items)} of ${items} items processed`;
    return Promise.resolve({
      done: false,
      progress: { fraction, message },
      ...(leftMs < 10_000 && { pollAfterMs: Math.min(leftMs, 1000) }),
    });
  },
  cancel: () => Promise.resolve(),
});

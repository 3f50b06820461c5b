// How often a job is polled, as people write it.
import * as z from 'zod';
import type { JobPolling } from './operation.ts';

const intervalMs = z.int().min(1).max(86_400_000);

/** Intervals between two polls of a job. */
export const pollingSchema = z.strictObject({
  initialIntervalMs: intervalMs
    .default(1000)
    .describe('Pause before the second poll, in milliseconds, 1 to 86400000. Default: 1000.'),
  backoffMultiplier: z
    .number()
    .min(1)
    .max(10)
    .default(2)
    .describe('Factor from one pause to the next, 1 to 10. Default: 2.'),
  maxIntervalMs: intervalMs
    .default(30_000)
    .describe('Longest pause, in milliseconds, 1 to 86400000. Default: 30000.'),
});

/** Decides every interval; the longest pause is never shorter than the first. */
export function resolvePolling(options: z.output<typeof pollingSchema>): JobPolling {
  const { initialIntervalMs, backoffMultiplier, maxIntervalMs } = options;
  return {
    initialIntervalMs,
    backoffMultiplier,
    maxIntervalMs: Math.max(maxIntervalMs, initialIntervalMs),
  };
}

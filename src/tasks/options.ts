// The options of `polling`: when agents ask again, and how long a call may wait.
import * as z from 'zod';
import type { Frozen } from '../contract/frozen.ts';

export const polling = z
  .strictObject({
    initialIntervalMs: z.int().min(1).max(3_600_000).default(1000).meta({
      description: 'The `poll_after_ms` of a task that has just started, in milliseconds.',
    }),
    maxIntervalMs: z.int().min(1).max(3_600_000).default(30_000).meta({
      description:
        'Largest `poll_after_ms`, in milliseconds; not below `polling.initialIntervalMs`.',
    }),
    backoffMultiplier: z.number().min(1).max(10).default(2).meta({
      description: 'Factor from one `poll_after_ms` to the next for an agent that follows them.',
    }),
    maxAttempts: z.int().min(1).max(10_000).default(20).describe('Reserved; accepted, not read.'),
    waitCapSeconds: z.number().min(0).max(300).default(25).meta({
      description: 'Longest `wait_seconds` honoured, in seconds; clients give up after 5 to 60 s.',
      env: 'LONGHAUL_WAIT_CAP_SECONDS',
    }),
    holdSeconds: z.number().min(0).max(25).default(4).meta({
      description:
        'How long the answer to a read that keeps coming far before its `poll_after_ms` is held back, in seconds; 0 holds nothing.',
    }),
  })
  .check(({ value, issues }) => {
    if (value.maxIntervalMs < value.initialIntervalMs) {
      issues.push({
        code: 'custom',
        path: ['maxIntervalMs'],
        input: value.maxIntervalMs,
        message: `expected at least polling.initialIntervalMs, which is ${value.initialIntervalMs}`,
      });
    }
  })
  .prefault({})
  .describe('When agents ask again.');

/** What answers say about coming back. */
export type Polling = PollingHints & Pick<Frozen<z.output<typeof polling>>, 'waitCapSeconds'>;

/** How the hint grows when to ask again. */
export type PollingHints = Pick<
  Frozen<z.output<typeof polling>>,
  'initialIntervalMs' | 'maxIntervalMs' | 'backoffMultiplier'
>;

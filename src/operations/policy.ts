// The limits of an operation as people write them, and their resolution into what the workflow obeys.
import * as z from 'zod';
import type { Policy } from '../contract/policy.ts';

const seconds = z.number().positive().max(31_536_000);

/** What an operation may say of its limits; what it leaves out comes from the configuration's `execution` group. */
export const policySchema = z.strictObject({
  queueTimeoutSeconds: seconds
    .optional()
    .describe('Longest wait for a worker, in seconds. Default: the total time.'),
  attemptTimeoutSeconds: seconds
    .optional()
    .describe('Longest single attempt, in seconds. Default: the total time, at most 120 s.'),
  totalTimeoutSeconds: seconds
    .optional()
    .describe('Longest time from start to outcome, in seconds. Default: 120.'),
  heartbeatTimeoutSeconds: z
    .number()
    .min(1)
    .max(3600)
    .optional()
    .describe(
      'Silence after which an attempt counts as vanished, in seconds, 1 to 3600. Default: 10.',
    ),
  retryAttempts: z
    .int()
    .min(0)
    .max(100)
    .optional()
    .describe(
      'Attempts after the first, for failures reported as retryable, 0 to 100. Default: 0.',
    ),
  retryInitialIntervalMs: z
    .int()
    .min(1)
    .optional()
    .describe('Pause before the second attempt, in milliseconds. Default: 1000.'),
  retryBackoffMultiplier: z
    .number()
    .min(1)
    .max(10)
    .optional()
    .describe('Factor from one pause to the next, 1 to 10. Default: 2.'),
  retryMaxIntervalMs: z
    .int()
    .min(1)
    .optional()
    .describe('Longest pause between attempts, in milliseconds. Default: 30000.'),
});

/** Limits as people write them. */
export type PolicyOptions = z.infer<typeof policySchema>;

/** Decides every limit: the operation's own word, then the defaults, then 120 s in all and no retries. */
export function resolvePolicy(own: PolicyOptions, defaults: PolicyOptions): Policy {
  const options = { ...defaults, ...own };
  const totalMs = (options.totalTimeoutSeconds ?? 120) * 1000;
  return {
    totalMs,
    queueMs: Math.min((options.queueTimeoutSeconds ?? Infinity) * 1000, totalMs),
    attemptMs: Math.min((options.attemptTimeoutSeconds ?? 120) * 1000, totalMs),
    heartbeatMs: (options.heartbeatTimeoutSeconds ?? 10) * 1000,
    retry: {
      attempts: options.retryAttempts ?? 0,
      initialIntervalMs: options.retryInitialIntervalMs ?? 1000,
      backoffCoefficient: options.retryBackoffMultiplier ?? 2,
      maximumIntervalMs: options.retryMaxIntervalMs ?? 30_000,
    },
  };
}

/** The policy of one task: the caller may ask for less than the operation allows, never for more. */
export function clampPolicy(policy: Policy, maxWaitMs: number | undefined): Policy {
  const totalMs = Math.min(maxWaitMs ?? Infinity, policy.totalMs);
  return {
    ...policy,
    totalMs,
    queueMs: Math.min(policy.queueMs, totalMs),
    attemptMs: Math.min(policy.attemptMs, totalMs),
  };
}

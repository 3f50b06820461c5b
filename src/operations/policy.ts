// The limits of an operation as people write them, and their resolution into what the workflow obeys.
import * as z from 'zod';
import { INPUT_MS } from '../contract/input.ts';
import type { Policy } from '../contract/workflow/policy.ts';

const seconds = z.number().min(0.001).max(31_536_000);
const intervalMs = z.int().min(1).max(86_400_000);

/** What an operation may say of its limits; what it leaves out comes from the configuration's `execution` group. */
export const policySchema = z
  .strictObject({
    queueTimeoutSeconds: seconds
      .optional()
      .describe('Longest wait for a worker, in seconds, 0.001 to a year. Default: the total time.'),
    attemptTimeoutSeconds: seconds
      .optional()
      .describe(
        'Longest single attempt, in seconds, 0.001 to a year. Default: the total time, at most 120 s.',
      ),
    totalTimeoutSeconds: seconds
      .optional()
      .describe('Longest time from start to outcome, in seconds, 0.001 to a year. Default: 120.'),
    heartbeatTimeoutSeconds: z
      .number()
      .min(1)
      .max(3600)
      .optional()
      .describe(
        'Silence after which an attempt counts as vanished, in seconds, 1 to 3600. Default: a tenth of the longest attempt, ' +
          'at least 10 and at most 120.',
      ),
    inputTimeoutSeconds: seconds
      .optional()
      .describe(
        'Longest wait for the answers to one round of questions, in seconds, 0.001 to a year; it does not count against the ' +
          'other limits. Default: 86400.',
      ),
    slaSeconds: seconds
      .optional()
      .describe(
        'What a task may take on average before somebody is called, in seconds, 0.001 to a year; it ends nothing. Default: ' +
          'the total time.',
      ),
    retryAttempts: z
      .int()
      .min(0)
      .max(100)
      .optional()
      .describe(
        'Attempts after the first, for failures reported as retryable, 0 to 100. Default: 0.',
      ),
    retryInitialIntervalMs: intervalMs
      .optional()
      .describe('Pause before the second attempt, in milliseconds, 1 to 86400000. Default: 1000.'),
    retryBackoffMultiplier: z
      .number()
      .min(1)
      .max(10)
      .optional()
      .describe('Factor from one pause to the next, 1 to 10. Default: 2.'),
    retryMaxIntervalMs: intervalMs
      .optional()
      .describe(
        'Longest pause between attempts, in milliseconds, 1 to 86400000. Default: 30000, or the first pause where that is longer.',
      ),
    recoveryAttempts: z
      .int()
      .min(0)
      .max(1000)
      .optional()
      .describe(
        'How often an attempt of an `idempotent` operation that vanished with its worker is run again within the total time, 0 to ' +
          '1000; then the task ends with `OUTCOME_UNKNOWN`. Default: 10.',
      ),
    concurrency: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe(
        "Attempts at once in the whole fleet, 1 to 1000: one worker at a time runs them. Default: no limit but the workers'.",
      ),
    ratePerSecond: z
      .number()
      .min(0.01)
      .max(100_000)
      .optional()
      .describe(
        'Attempts that may begin per second in the whole fleet, on the average, 0.01 to 100000. Default: no limit.',
      ),
    breakerFailures: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe(
        'Failures of the upstream, one after the other in one worker, that open the circuit breaker, 1 to 1000. Default: ' +
          'there is none.',
      ),
    breakerOpenSeconds: z
      .number()
      .min(1)
      .max(86_400)
      .optional()
      .describe(
        'How long an open circuit breaker puts attempts off before one of them may find out whether the upstream is well ' +
          'again, in seconds, 1 to 86400. Default: 30.',
      ),
  })
  .refine(
    (policy) => policy.breakerOpenSeconds === undefined || policy.breakerFailures !== undefined,
    {
      path: ['breakerOpenSeconds'],
      message: 'means nothing without breakerFailures',
    },
  );

/** Limits as people write them. */
export type PolicyOptions = z.infer<typeof policySchema>;

/** Decides every limit: the operation's own word, then the defaults, then 120 s in all and no retries. */
export function resolvePolicy(own: PolicyOptions, defaults: PolicyOptions): Policy {
  const options = { ...withoutUndefined(defaults), ...withoutUndefined(own) };
  const { concurrency, ratePerSecond, breakerFailures: failures } = options;
  const { totalTimeoutSeconds = 120, breakerOpenSeconds = 30 } = options;
  const totalMs = toMs(totalTimeoutSeconds);
  const attemptMs = Math.min(toMs(options.attemptTimeoutSeconds ?? 120), totalMs);
  const { heartbeatTimeoutSeconds = toHeartbeatSeconds(attemptMs) } = options;
  const initialIntervalMs = options.retryInitialIntervalMs ?? 1000;
  return {
    totalMs,
    queueMs: Math.min(toMs(options.queueTimeoutSeconds ?? Infinity), totalMs),
    attemptMs,
    heartbeatMs: toMs(heartbeatTimeoutSeconds),
    inputMs: toMs(options.inputTimeoutSeconds ?? INPUT_MS / 1000),
    retry: {
      attempts: options.retryAttempts ?? 0,
      initialIntervalMs,
      backoffCoefficient: options.retryBackoffMultiplier ?? 2,
      // Temporal refuses a longest pause below the first, and a refused activity blocks its workflow for ever.
      maximumIntervalMs: Math.max(options.retryMaxIntervalMs ?? 30_000, initialIntervalMs),
    },
    recoveries: options.recoveryAttempts ?? 10,
    // Limits that hold for all workers together; each is off unless it is asked for.
    ...(concurrency !== undefined && { concurrency }),
    ...(ratePerSecond !== undefined && { ratePerSecond }),
    ...(failures !== undefined && { breaker: { failures, openMs: toMs(breakerOpenSeconds) } }),
  };
}

/** A tenth of the longest attempt: a long one costs no more heartbeats than a short one, and its loss is noticed in proportion. */
function toHeartbeatSeconds(attemptMs: number): number {
  return Math.min(120, Math.max(10, attemptMs / 10_000));
}

/** Options whose limits only Longhaul's own workers keep. */
export const FLEET_OPTIONS = ['concurrency', 'ratePerSecond', 'breakerFailures'] as const;

/**
 * The policy of one task: the caller may ask for less than the operation allows, never for more.
 *
 * @param maxWaitMs total time that the caller allows, in milliseconds; below 1 it counts as 1, since to Temporal 0 means
 *   no limit
 */
export function clampPolicy(policy: Policy, maxWaitMs: number | undefined): Policy {
  const totalMs = Math.max(1, Math.min(Math.round(maxWaitMs ?? Infinity), policy.totalMs));
  return {
    ...policy,
    totalMs,
    queueMs: Math.min(policy.queueMs, totalMs),
    attemptMs: Math.min(policy.attemptMs, totalMs),
  };
}

/** Whole milliseconds: Temporal has no smaller unit. */
function toMs(seconds: number): number {
  return Math.round(seconds * 1000);
}

/** An option that is spelled out as `undefined` is an option that was left out. */
function withoutUndefined(options: PolicyOptions): PolicyOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

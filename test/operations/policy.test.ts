import { describe, expect, test } from '@jest/globals';
import {
  clampPolicy,
  policySchema,
  resolvePolicy,
  type PolicyOptions,
} from '../../src/operations/policy.ts';

describe('limits', () => {
  test('are 120 s in all and no retries where nobody says anything', () => {
    expect(resolvePolicy({}, {})).toEqual({
      totalMs: 120_000,
      queueMs: 120_000,
      attemptMs: 120_000,
      recoveries: 10,
      inputMs: 86_400_000,
      heartbeatMs: 12_000,
      retry: {
        attempts: 0,
        initialIntervalMs: 1000,
        backoffCoefficient: 2,
        maximumIntervalMs: 30_000,
      },
    });
  });

  test.each<[string, PolicyOptions, PolicyOptions, object]>([
    [
      'the own word precedes the default',
      { totalTimeoutSeconds: 5 },
      { totalTimeoutSeconds: 9 },
      { totalMs: 5000 },
    ],
    ['the default fills what is left out', {}, { retryAttempts: 2 }, { retry: { attempts: 2 } }],
    [
      'an attempt is never longer than the total',
      { totalTimeoutSeconds: 5 },
      {},
      { attemptMs: 5000, queueMs: 5000 },
    ],
    [
      'a long total leaves the attempt at 120 s',
      { totalTimeoutSeconds: 600 },
      {},
      { attemptMs: 120_000 },
    ],
    [
      'an attempt may be silent for a tenth of its time',
      { totalTimeoutSeconds: 900, attemptTimeoutSeconds: 900 },
      {},
      { heartbeatMs: 90_000 },
    ],
    ['but for 10 s', { totalTimeoutSeconds: 5 }, {}, { heartbeatMs: 10_000 }],
    [
      'and no longer than 120 s',
      { totalTimeoutSeconds: 9_000, attemptTimeoutSeconds: 9_000 },
      {},
      { heartbeatMs: 120_000 },
    ],
    [
      'a fraction becomes whole milliseconds',
      { totalTimeoutSeconds: 1.0005 },
      {},
      { totalMs: 1001 },
    ],
    [
      'the longest pause is never below the first',
      { retryInitialIntervalMs: 60_000 },
      { retryMaxIntervalMs: 10 },
      { retry: { initialIntervalMs: 60_000, maximumIntervalMs: 60_000 } },
    ],
    [
      'a breaker stays open for 30 s',
      { breakerFailures: 3 },
      {},
      { breaker: { failures: 3, openMs: 30_000 } },
    ],
    [
      'what holds for the fleet is as it was written',
      { concurrency: 2, ratePerSecond: 0.5, breakerFailures: 1, breakerOpenSeconds: 1.5 },
      {},
      { concurrency: 2, ratePerSecond: 0.5, breaker: { failures: 1, openMs: 1500 } },
    ],
  ])('%s', (_, own, defaults, policy) => {
    expect(resolvePolicy(own, defaults)).toMatchObject(policy);
  });

  test('an option spelled out as undefined counts as left out', () => {
    const own = { totalTimeoutSeconds: undefined } as unknown as PolicyOptions;
    expect(resolvePolicy(own, { totalTimeoutSeconds: 7 }).totalMs).toBe(7000);
  });

  test.each([
    [{ totalTimeoutSeconds: 0 }],
    [{ totalTimeoutSeconds: 0.0001 }],
    [{ totalTimeoutSeconds: Infinity }],
    [{ retryAttempts: 101 }],
    [{ retryAttempts: 1.5 }],
    [{ retryBackoffMultiplier: 0.9 }],
    [{ heartbeatTimeoutSeconds: 0.5 }],
    [{ retryInitialIntervalMs: 0 }],
    [{ concurrency: 0 }],
    [{ concurrency: 1.5 }],
    [{ ratePerSecond: 0 }],
    [{ breakerFailures: 0 }],
    [{ breakerFailures: 3, breakerOpenSeconds: 0.5 }],
    [{ breakerOpenSeconds: 30 }],
    [{ other: 1 }],
  ])('%j is refused', (options) => {
    expect(policySchema.safeParse(options).success).toBe(false);
  });

  test('every option says what it is', () => {
    for (const option of Object.values(policySchema.shape))
      expect(option.description).toMatch(/Default: /);
  });
});

describe("a caller's wait", () => {
  const policy = resolvePolicy(
    { totalTimeoutSeconds: 100, queueTimeoutSeconds: 20, attemptTimeoutSeconds: 50 },
    {},
  );

  test.each<[string, number | undefined, [total: number, queue: number, attempt: number]]>([
    ['none changes nothing', undefined, [100_000, 20_000, 50_000]],
    ['a longer one changes nothing', 200_000, [100_000, 20_000, 50_000]],
    ['a shorter one shortens the total', 60_000, [60_000, 20_000, 50_000]],
    ['a very short one shortens every limit', 5000, [5000, 5000, 5000]],
    ['none at all is the shortest there is', 0, [1, 1, 1]],
    ['a negative one is the shortest there is', -5, [1, 1, 1]],
    ['a fraction is rounded', 1000.4, [1000, 1000, 1000]],
  ])('%s', (_, maxWaitMs, [totalMs, queueMs, attemptMs]) => {
    expect(clampPolicy(policy, maxWaitMs)).toEqual({ ...policy, totalMs, queueMs, attemptMs });
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { ActivityCancellationDetails, CancelledFailure } from '@temporalio/common';
import * as z from 'zod';
import type { OperationContext } from '../../../src/operations/context.ts';
import { defineOperation } from '../../../src/operations/define.ts';
import type { Operation } from '../../../src/operations/operation.ts';
import { beginAttempt } from '../../support/operations/attempt.ts';
import { until } from '../../support/operations/context.ts';

const define = (run: (context: OperationContext) => Promise<never> | Promise<string>): Operation =>
  defineOperation({
    name: 'refund',
    description: 'for tests',
    input: z.object({}),
    run: async (_, context) => run(context),
  });

/** Works until it is told to stop. */
const obedient = define(async ({ signal }) => sleep(60_000, 'done', { signal }));

describe('the context of an attempt', () => {
  test('tells who asked, which attempt it is, and the key that is the same for every attempt', async () => {
    const seen: unknown[] = [];
    const operation = define(async ({ idempotencyKey, attempt, principal }) => {
      seen.push({ idempotencyKey, attempt, principal });
      return 'done';
    });
    await beginAttempt(operation, { input: { attempt: 1 } }).result;
    await beginAttempt(operation, { input: { attempt: 2 } }).result;
    expect(seen).toEqual([
      { idempotencyKey: 'local:key-1', attempt: 1, principal: 'local' },
      { idempotencyKey: 'local:key-1', attempt: 2, principal: 'local' },
    ]);
  });

  test('reads secrets when they are used', async () => {
    const operation: Operation = {
      ...obedient,
      steps: { kind: 'run', run: async (_, context) => context.secret('env:TOKEN') },
    };
    expect(await beginAttempt(operation).result).toBe('the secret of env:TOKEN');
  });
});

describe('the heart', () => {
  test('beats while the operation works, and no longer', async () => {
    let end!: (result: string) => void;
    const attempt = beginAttempt(define(async () => new Promise((resolve) => (end = resolve))));
    await until(() => attempt.beats.length >= 3, 'the third beat');
    end('done');
    await attempt.result;
    const beats = attempt.beats.length;
    await sleep(100);
    expect(attempt.beats).toHaveLength(beats);
  });

  test.each([
    ['where its server tells it of a cancel', { pushesCancels: true }, true, false],
    ['where a cancel comes with the reply', { pushesCancels: false }, true, true],
    ['where it is no activity of a workflow', { pushesCancels: true }, false, true],
  ])(
    'beats as often as its silence or a cancel asks for, %s',
    async (_, how, inWorkflow, beats) => {
      const attempt = beginAttempt(obedient, {
        info: { heartbeatTimeoutMs: 120_000, inWorkflow },
        options: { cancelMs: 10, ...how },
      });
      await sleep(200);
      attempt.stop();
      await expect(attempt.result).rejects.toThrow(CancelledFailure);
      expect(attempt.beats.length > 0).toBe(beats);
    },
  );

  test('carries progress at once, and again with every beat', async () => {
    const attempt = beginAttempt(
      define(async (context) => {
        context.progress(0.5, 'half way');
        return sleep(60_000, 'done', { signal: context.signal });
      }),
    );
    const half = { fraction: 0.5, message: 'half way' };
    expect(attempt.beats).toEqual([half]);
    await until(() => attempt.beats.length >= 2, 'another beat');
    expect(attempt.beats.at(-1)).toEqual(half);
    attempt.stop();
    await expect(attempt.result).rejects.toThrow(CancelledFailure);
  });

  test('repeats what the attempt before had reported until this one has something to say', async () => {
    const heartbeatDetails = { fraction: 0.3, message: 'a third' };
    const attempt = beginAttempt(obedient, { info: { heartbeatDetails } });
    await until(() => attempt.beats.length > 0, 'a beat');
    attempt.stop();
    await expect(attempt.result).rejects.toThrow(CancelledFailure);
    expect(attempt.beats[0]).toEqual(heartbeatDetails);
  });

  test('falls silent when the attempt has ended, though the operation goes on', async () => {
    let context: OperationContext | undefined;
    const attempt = beginAttempt(
      define(async (given) => {
        context = given;
        return 'done';
      }),
    );
    await attempt.result;
    context?.progress(1, 'too late');
    expect(attempt.beats).toEqual([]);
  });

  test.each([
    [[1.5, 'x'], { fraction: 1, message: 'x' }],
    [[-1, 'x'], { fraction: 0, message: 'x' }],
    [[Number.NaN, 'x'], { fraction: null, message: 'x' }],
    [[null], { fraction: null, message: null }],
    [[0.5, 'y'.repeat(501)], { fraction: 0.5, message: `${'y'.repeat(500)} …` }],
    [[0.5, `${'y'.repeat(499)}\u{1F600}`], { fraction: 0.5, message: `${'y'.repeat(499)} …` }],
  ] as [[number | null, string?], object][])('progress %j travels as %j', async (said, told) => {
    const attempt = beginAttempt(
      define(async (context) => {
        context.progress(...said);
        return 'done';
      }),
    );
    await attempt.result;
    expect(attempt.beats).toEqual([told]);
  });
});

describe('an attempt that is told to stop', () => {
  test('by a cancel aborts the signal and ends as cancelled', async () => {
    const attempt = beginAttempt(obedient);
    attempt.stop();
    await expect(attempt.result).rejects.toThrow(CancelledFailure);
  });

  test('by a worker that shuts down is lost, not failed', async () => {
    const attempt = beginAttempt(obedient);
    attempt.stop(new ActivityCancellationDetails({ workerShutdown: true }));
    await expect(attempt.result).rejects.toMatchObject({
      type: 'ATTEMPT_LOST',
      message: expect.stringMatching(/^the worker shut down before the attempt could end/),
    });
  });

  test.each([{ paused: true }, { reset: true }, { timedOut: true, notFound: true }])(
    'for another reason (%j) is lost as well',
    async (details) => {
      const attempt = beginAttempt(obedient);
      attempt.stop(new ActivityCancellationDetails(details));
      await expect(attempt.result).rejects.toMatchObject({ type: 'ATTEMPT_LOST' });
    },
  );

  test('ends also when the operation does not look at the signal', async () => {
    let end!: (result: string) => void;
    const attempt = beginAttempt(define(async () => new Promise((resolve) => (end = resolve))));
    attempt.stop();
    await expect(attempt.result).rejects.toThrow(CancelledFailure);
    end('long after');
  });

  test('has a result when the operation completes all the same', async () => {
    const attempt = beginAttempt(
      define(
        async ({ signal }) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => {
              resolve('was done already');
            });
          }),
      ),
    );
    attempt.stop();
    expect(await attempt.result).toBe('was done already');
  });
});

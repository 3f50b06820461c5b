// Thousands of tasks of one principal on one worker, in a time of their own: how often they are put off, and what the slots do.
import { expect, test } from '@jest/globals';
import type { ApplicationFailure } from '@temporalio/common';
import { toReportedFailure } from '../../../src/contract/workflow/attempt-failure.ts';
import {
  countFailure,
  decideNextStep,
  NOTHING_BEFORE,
  toLimits,
} from '../../../src/contract/workflow/next-step.ts';
import { resolvePolicy } from '../../../src/operations/policy.ts';
import { createSlotShare } from '../../../src/temporal/worker/slot-share.ts';

const HOUR = 3_600_000;

/** Runs tasks that last so long, each put off and come again as it is in a fleet. */
async function play(slots: number, lasts: readonly number[], totalMs = 100 * HOUR) {
  let now = 0;
  const plan: { readonly at: number; readonly run: () => void }[] = [];
  const later = (afterMs: number, run: () => void): void => {
    plan.push({ at: now + afterMs, run });
  };
  const guard = createSlotShare(slots, 0.5, null, () => now);
  const policy = resolvePolicy({ totalTimeoutSeconds: totalMs / 1000 }, {});
  const putOffs = lasts.map(() => 0);
  let done = 0;
  const arrive = (task: number, soFar = NOTHING_BEFORE): void => {
    const work = async () => {
      await new Promise<void>((end) => {
        later(lasts[task]!, end);
      });
      done += 1;
      return null;
    };
    guard(work, 'alice').catch((thrown: unknown) => {
      putOffs[task]! += 1;
      const failure = toReportedFailure(thrown as ApplicationFailure);
      const left = { totalMs: totalMs - now, queueMs: totalMs - now };
      const limits = toLimits({ idempotent: false, policy }, failure, 1, left);
      const counted = countFailure(soFar, failure, 1);
      const next = decideNextStep(failure, counted, limits);
      if (next.again)
        later(next.afterMs, () => {
          arrive(task, counted);
        });
    });
  };
  lasts.forEach((_, task) => {
    later(task * 8, () => {
      arrive(task);
    });
  });
  let last = 0;
  while (plan.length > 0) {
    plan.sort((a, b) => b.at - a.at);
    const { at, run } = plan.pop()!;
    now = at;
    const before = done;
    run();
    await new Promise(setImmediate);
    if (done > before) last = now;
  }
  const best = lasts.reduce((sum, ms) => sum + ms, 0) / Math.floor(slots / 2);
  return { done, putOffs: putOffs.reduce((sum, one) => sum + one), last, best };
}

/** So many tasks of two to eighteen seconds. */
const mixed = (count: number) => toTasks(count, (task) => 2_000 + ((task * 7_919) % 16_000));
const toTasks = (count: number, toMs: (task: number) => number) =>
  Array.from({ length: count }, (_, task) => toMs(task));

test.each<[string, number, readonly number[], number]>([
  ['a thousand tasks of ten seconds on fifty slots', 50, toTasks(1_000, () => 10_000), 4],
  ['a thousand tasks, some longer than others', 50, mixed(1_000), 4],
  ['tasks that take less than a turn', 50, toTasks(2_000, () => 300), 4],
  ['tasks of an hour', 50, toTasks(200, () => HOUR), 50],
  ['tasks on four slots', 4, mixed(100), 10],
  ['tasks on two slots, one after the other', 2, mixed(40), 40],
])(
  '%s are put off a few times each, and leave no slot of their share empty',
  async (_, slots, lasts, times) => {
    const { done, putOffs, last, best } = await play(slots, lasts);
    expect(done).toBe(lasts.length);
    expect(putOffs).toBeLessThan(times * lasts.length);
    expect(last).toBeLessThan(1.05 * best);
  },
);

test('tasks that become much shorter do not wait as long as those before them', async () => {
  const { last, best } = await play(
    50,
    toTasks(1_000, (task) => (task < 100 ? 600_000 : 1_000)),
  );
  expect(last - best).toBeLessThan(300_000);
});

test('a task of a week keeps a short history, though it waits for a single slot all the time', async () => {
  const week = 7 * 24 * HOUR;
  const { putOffs } = await play(2, [week, 1_000], week);
  expect(putOffs).toBeLessThan(700);
});

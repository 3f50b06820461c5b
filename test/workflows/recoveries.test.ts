import { describe, expect, test } from '@jest/globals';
import { ATTEMPT_LOST } from '../../src/contract/workflow/task-input.ts';
import { done, fail, inTurn, run } from '../replay/steps.ts';
import { useTimeSkippingTasks } from '../support/temporal/time-skipping-tasks.ts';

const tasks = useTimeSkippingTasks();

const lost = fail(ATTEMPT_LOST);

describe('an idempotent operation whose attempts vanish', () => {
  test('runs again as long as there is time, though a pause has to be short', async () => {
    await tasks.withActivities(run(inTurn(lost, lost, lost, lost, done)), async () => {
      const policy = { totalMs: 12_000, recoveries: 10 };
      const task = await tasks.start('refund', { idempotent: true, policy });
      expect(await task.end()).toEqual({ result: 'done', attempt: 5 });
    });
  });

  test('ends after as many recoveries as its policy says, and says so', async () => {
    await tasks.withActivities(run(lost), async () => {
      const task = await tasks.start('refund', { idempotent: true, policy: { recoveries: 2 } });
      expect(await task.end()).toMatchObject({
        code: 'OUTCOME_UNKNOWN',
        message: expect.stringContaining('it vanished 3 times, and is run again 2 times at most'),
        attempt: 3,
      });
    });
  });
});

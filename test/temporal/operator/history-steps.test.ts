import { describe, expect, test } from '@jest/globals';
import { defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { toSteps } from '../../../src/temporal/operator/history-steps.ts';
import { readHistories } from '../../replay/histories.ts';

const converter = {
  payloadConverter: defaultPayloadConverter,
  failureConverter: defaultFailureConverter,
  payloadCodecs: [],
};
const histories = await readHistories();

async function tell(name: string): Promise<string[]> {
  const { events } = historyFromJSON(histories.get(name));
  const steps = await toSteps(events ?? [], converter);
  return steps.map(({ text }) =>
    text.replaceAll(/\d+(\.\d+)? (ms|s)\b/g, 'T').replace(/ on \S+/, ''),
  );
}

describe('the story of a task', () => {
  test('that is retried tells the failure and the pause', async () => {
    expect(await tell('run-retried')).toEqual([
      'accepted',
      'attempt 1 waits for a worker',
      'attempt 1 runs after T in the queue',
      'attempt 1 failed: UPSTREAM_UNAVAILABLE, as recorded',
      'waits T before the next attempt',
      'attempt 2 waits for a worker',
      'attempt 2 runs after T in the queue',
      'attempt 2 failed: RATE_LIMITED, as recorded',
      'waits T before the next attempt',
      'attempt 3 waits for a worker',
      'attempt 3 runs after T in the queue',
      'attempt 3 brought a result',
    ]);
  });

  test('of many items tells how long it waits, and of no attempt', async () => {
    const told = (await tell('batch-completed')).join('\n');
    expect(told).toMatch(/^waits up to/m);
    expect(told).not.toContain('attempt');
  });

  test('whose worker was lost says so', async () => {
    expect((await tell('run-recovered')).join('\n')).toMatch(/its worker was lost/);
  });

  test('that asks tells the question, and of the answer what it decided', async () => {
    expect((await tell('run-answered')).join('\n')).toMatch(/an answer came: \w+ \(accept\)/);
  });

  test.each([...histories.keys()])(
    'of %s has a sentence for each end of an attempt',
    async (name) => {
      const ends = (historyFromJSON(histories.get(name)).events ?? []).filter(
        (event) =>
          event.activityTaskFailedEventAttributes ??
          event.activityTaskTimedOutEventAttributes ??
          event.activityTaskCompletedEventAttributes ??
          event.activityTaskCanceledEventAttributes,
      );
      const told = (await tell(name)).filter((text) =>
        /(brought a result|failed:|fell silent|was cancelled|ended with a question|was given up|was put off|does not know|no worker in time|longer than it may|total time|found the job)/.test(
          text,
        ),
      );
      expect(told).toHaveLength(ends.length);
    },
  );
});

// @modelcontextprotocol/ext-tasks, the official tasks client, over both generations of native tasks.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  resultFromTaskOutcome,
  type SerializedTaskReference,
} from '@modelcontextprotocol/ext-tasks/client';
import { connectTaskClient, GENERATIONS, type Generation } from './task-client.ts';
import {
  startConformanceGateway,
  type ConformanceGateway,
} from '../support/processes/conformance-gateway.ts';
import { answerElsewhere, untilQuestions } from '../support/clients/json-rpc.ts';

const LIMIT_MS = 300_000;
const TASK = { task: { preference: 'prefer' } } as const;

let gateway: ConformanceGateway;
beforeAll(async () => {
  gateway = await startConformanceGateway();
}, LIMIT_MS);
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
}, LIMIT_MS);

/** An operation that takes its time, and one that fails, in each lane. */
const OPERATIONS = [
  ['slow_compute', 'failing_job'],
  ['quick_compute', 'quick_failure'],
] as const;

const CASES = GENERATIONS.flatMap((generation) =>
  OPERATIONS.map(([slow, failing]) => [generation, slow, failing] as const),
);

describe.each(CASES)('tasks of %s, %s and %s', (generation, slow, failing) => {
  test.concurrent(
    'a slow call becomes a task and settles with its result',
    async () => {
      await using client = await connectTaskClient(gateway.url, generation);
      const args = { seconds: 1, label: 'all' };
      const execution = await client.session.callTool(slow, args, TASK);
      expect(execution.kind).toBe('task');
      const seen = new Set<string>();
      const { outcome } = await execution.settle({
        onEvent: (event) => {
          if (event.type === 'task') seen.add(event.task.status);
        },
      });
      expect(JSON.stringify(resultFromTaskOutcome(outcome).content)).toContain('computed all');
      expect([...seen]).toContain('working');
    },
    LIMIT_MS,
  );

  test.concurrent(
    'a failure of the operation reaches the caller in its own words',
    async () => {
      await using client = await connectTaskClient(gateway.url, generation);
      const execution = await client.session.callTool(failing, {}, TASK);
      const { outcome } = await execution.settle();
      const said =
        outcome.status === 'completed'
          ? JSON.stringify(outcome.result)
          : outcome.status === 'failed' && outcome.error.message;
      expect(said).toContain('the job failed, as it always does');
    },
    LIMIT_MS,
  );

  test.concurrent(
    'a cancelled task is cancelled',
    async () => {
      await using client = await connectTaskClient(gateway.url, generation);
      const execution = await client.session.callTool(slow, { seconds: 600 }, TASK);
      await execution.cancel();
      const { outcome } = await execution.settle();
      expect(outcome.status).toBe('cancelled');
    },
    LIMIT_MS,
  );
});

describe('after the gateway was killed', () => {
  const references = new Map<string, SerializedTaskReference>();
  beforeAll(async () => {
    const handOff = async (generation: Generation) => {
      await using client = await connectTaskClient(gateway.url, generation);
      const args = { filename: `of ${generation}` };
      const execution = await client.session.callTool('confirm_delete', args, TASK);
      if (execution.kind !== 'task') throw new Error('there is no task');
      await execution.handoff((kept) => void references.set(generation, kept));
      // Once it asks, no attempt runs that would be missed only after its heartbeat timeout.
      await untilQuestions(gateway.url, references.get(generation)!.taskId);
    };
    await Promise.all(GENERATIONS.map(handOff));
    await gateway.restart();
  }, LIMIT_MS);

  test.concurrent.each(GENERATIONS)(
    'a task of %s that was handed off is resumed',
    async (generation) => {
      await using client = await connectTaskClient(gateway.url, generation, () =>
        Promise.resolve({ action: 'accept', content: { confirm: true } } as never),
      );
      const reference = references.get(generation)!;
      const resumed = await client.session.resumeTask(reference);
      if (generation === '2025-11-25') {
        await answerElsewhere(gateway.url, reference.taskId);
      }
      const { outcome } = await resumed.settle();
      const { content } = resultFromTaskOutcome(outcome);
      expect(JSON.stringify(content)).toContain(`deleted of ${generation}`);
    },
    LIMIT_MS,
  );
});

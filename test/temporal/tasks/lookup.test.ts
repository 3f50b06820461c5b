import { expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { toTaskRef } from '../../../src/contract/task-ref.ts';
import type { Lane, Standing } from '../../../src/temporal/lanes/lane.ts';
import { createLookup } from '../../../src/temporal/tasks/lookup.ts';

const [firstRunId, secondRunId] = [randomUUID(), randomUUID()];

/** A task that has asked, and goes on in its second run. */
const STANDING: Standing = {
  lane: 'workflow',
  workflowId: 'local:key',
  runId: secondRunId,
  firstRunId,
  memo: { operation: 'ask', key: 'key', fingerprint: '', createdAt: 1, totalMs: 1, waitedMs: 0 },
  taskQueue: 'queue',
  startedAt: 1,
  changedAt: 1,
  cancelRequested: false,
  state: { status: 'processing', attempt: 1, progress: null },
  closing: null,
};

test('a task is read where it was last seen to run', async () => {
  const asked: unknown[] = [];
  const workflow: Lane = {
    name: 'workflow',
    start: async () => Promise.reject(new Error('starts nothing')),
    isTaken: () => false,
    describe: async (_, likelyRunId) => {
      asked.push(likelyRunId);
      return STANDING;
    },
    closings: {
      read: async () => new Promise(() => null),
      poll: async () => new Promise(() => null),
    },
    requestCancel: async () => undefined,
  };
  const lookup = createLookup({
    lanes: { workflow, activity: null },
    retentionMs: 1,
    isWorkerPresent: async () => true,
  });
  const taskRef = toTaskRef({ lane: 'workflow', keyPart: 'key', runId: firstRunId });
  await lookup.byRef('local', taskRef);
  await lookup.byRef('local', taskRef);
  expect(asked).toEqual([firstRunId, secondRunId]);
});

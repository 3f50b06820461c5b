// What a workflow that is no task, or one of a newer or an older Longhaul, can hold, at random: whatever stands in memo, heartbeat
// and close event, a task is shown on every face or is none.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../src/contract/json.ts';
import { isErrorCode, OperationError } from '../../src/contract/errors.ts';
import { parseTaskRef, toTaskRef } from '../../src/contract/task-ref.ts';
import type { Task } from '../../src/contract/task.ts';
import { toDetailedTask } from '../../src/mcp/native/detailed-task.ts';
import { toLegacyTask } from '../../src/mcp/native/view.ts';
import { taskAnswerSchema, toTaskAnswer } from '../../src/tasks/answer.ts';
import type { Closing, Closings, Lane } from '../../src/temporal/lanes/lane.ts';
import type { Execution } from '../../src/temporal/lanes/workflow/execution.ts';
import { toStanding } from '../../src/temporal/lanes/workflow/lane.ts';
import { toWorkflowId } from '../../src/temporal/calls/identity.ts';
import { createLookup } from '../../src/temporal/tasks/lookup.ts';
import { toCancelRequested, toOutcome, type Ending } from '../../src/temporal/lanes/outcome.ts';
import { hostileJson, hostileText } from '../support/operations/hostile-values.ts';

const NOW = 1_700_000_000_000;
const POLLING = {
  initialIntervalMs: 1000,
  maxIntervalMs: 30_000,
  backoffMultiplier: 2,
  waitCapSeconds: 25,
};

const toLanes = (
  describe: (workflowId: string) => Promise<Execution | null>,
  closings: Closings,
) => {
  const workflow: Lane = {
    name: 'workflow',
    describe: async (id) => {
      const execution = await describe(id);
      return execution && toStanding(execution);
    },
    closings,
    start: notAsked,
    requestCancel: notAsked,
    isTaken: () => false,
  };
  return { workflow, activity: null };
};

const question = fc.oneof(
  hostileJson,
  fc.record({ message: hostileJson, requestedSchema: hostileJson }, { requiredKeys: [] }),
  fc.constant<Json>({ message: 'Why?', requestedSchema: { type: 'object' } }),
);
const number = fc.oneof(
  fc.constantFrom<Json>(1_700_000_000_000, 120_000, 0, -1, 1e300, -8.64e15, 8.64e15, 8.7e15),
  hostileJson,
);
const memo = fc.record(
  {
    operation: fc.oneof(hostileText, hostileJson),
    key: fc.oneof(hostileText, hostileJson),
    fingerprint: fc.constantFrom<Json>('f', 1),
    createdAt: number,
    totalMs: number,
    waitedMs: number,
    input: fc.oneof(
      hostileJson,
      fc.record({
        requests: fc.oneof(fc.dictionary(hostileText, question, { maxKeys: 3 }), hostileJson),
        attempt: number,
        until: number,
      }),
    ),
    waiting: fc.oneof(hostileJson, fc.record({ attempt: number, at: number })),
  },
  { requiredKeys: ['operation', 'key', 'fingerprint', 'createdAt', 'totalMs'] },
);
const ending: fc.Arbitrary<Ending> = fc.oneof(
  hostileJson.map((output) => ({ kind: 'completed' as const, output })),
  fc
    .record({ result: hostileJson, attempt: number, cancelRequested: hostileJson })
    .map((output) => ({ kind: 'completed' as const, output })),
  fc.record({
    kind: fc.constant('failed' as const),
    type: fc.oneof(fc.constantFrom('UPSTREAM_REJECTED', '__proto__', 'constructor'), hostileText),
    message: hostileText,
    detail: fc.oneof(
      hostileJson,
      fc.record({ details: hostileJson, retryAfterMs: number, attempt: number }),
    ),
  }),
  hostileText.map((reason) => ({ kind: 'terminated' as const, reason })),
);
const activity = fc.option(
  fc.record({
    id: fc.oneof(
      fc.constantFrom('attempt-1', 'poll-2', 'attempt-99999999999999999999'),
      hostileText,
    ),
    started: fc.boolean(),
    paused: fc.boolean(),
    attempt: fc.integer({ min: 1 }),
    lastChangeAt: fc.nat(),
    dueAt: fc.option(fc.nat()),
    heartbeat: fc.oneof(hostileJson, fc.record({ fraction: number, message: hostileJson })),
    failure: fc.option(
      fc.record({
        type: fc.constantFrom('JOB_RUNNING', 'x'),
        detail: fc.oneof(hostileJson, fc.record({ progress: hostileJson })),
      }),
    ),
  }),
);

function toCode(error: unknown): 'TASK_NOT_FOUND' {
  if (error instanceof OperationError && error.code === 'TASK_NOT_FOUND') return error.code;
  throw error;
}

/** Fails unless a task can be shown on every face. */
function judge(task: Task): void {
  const shown = JSON.parse(JSON.stringify(toTaskAnswer(task, POLLING, NOW))) as Json;
  expect(taskAnswerSchema.safeParse(shown).error?.issues ?? []).toEqual([]);
  expect(JSON.stringify(toDetailedTask(task, POLLING, NOW))).toContain(task.taskRef);
  expect(JSON.stringify(toLegacyTask(task, POLLING, NOW))).toContain(task.taskRef);
  if (task.state.status === 'failed') expect(isErrorCode(task.state.error.code)).toBe(true);
}

const RUN = '00000000-0000-4000-8000-000000000000';

const ENDED: Execution = {
  workflowId: '',
  runId: RUN,
  firstRunId: RUN,
  status: 'completed',
  startedAt: NOW,
  closedAt: Date.now(),
  historyLength: 7,
  cancelRequested: false,
  taskQueue: 'q',
  memo: { operation: 'o', key: 'key', fingerprint: 'f', createdAt: NOW, totalMs: 1 },
  activity: null,
};
const CLOSING: Closing = {
  outcome: { status: 'completed', result: 1, attempt: 1 },
  closedAt: Date.now(),
  cancelRequested: false,
};
const notAsked = async (): Promise<never> => {
  throw new Error('not asked');
};

test('a workflow with anything in it is shown on every face, or is no task', async () => {
  const property = fc.asyncProperty(
    memo,
    activity,
    fc.option(ending),
    fc.boolean(),
    async (held, pending, end, asked) => {
      const execution: Execution = {
        ...ENDED,
        workflowId: toWorkflowId('local', 'key'),
        status: end === null ? 'running' : 'completed',
        closedAt: end === null ? null : NOW,
        cancelRequested: asked,
        memo: held,
        activity: pending,
      };
      const closing = end && {
        outcome: toOutcome(end),
        closedAt: NOW,
        cancelRequested: toCancelRequested(end),
      };
      const lookup = createLookup({
        lanes: toLanes(async () => execution, { read: async () => closing!, poll: notAsked }),
        retentionMs: 3_600_000,
        isWorkerPresent: async () => null,
      });
      const found = await lookup
        .byRef('local', toTaskRef({ lane: 'workflow', keyPart: 'key', runId: RUN }))
        .catch(toCode);
      if (found === 'TASK_NOT_FOUND') return;
      judge(found.task);
    },
  );
  await fc.assert(property, { numRuns: 400 });
});

test('a handle of another asks Temporal for nothing of his, whatever was read before', async () => {
  const asked: string[] = [];
  const hers = toWorkflowId('alice', 'key');
  const lookup = createLookup({
    lanes: toLanes(
      async (workflowId) => {
        asked.push(workflowId);
        return workflowId === hers ? { ...ENDED, workflowId } : null;
      },
      { read: async () => CLOSING, poll: notAsked },
    ),
    retentionMs: 3_600_000,
    isWorkerPresent: async () => null,
  });
  const taskRef = toTaskRef({ lane: 'workflow', keyPart: 'key', runId: RUN });
  expect((await lookup.byRef('alice', taskRef)).task.state.status).toBe('completed');
  const principal = fc.oneof(fc.constantFrom('alicE', 'alice:', 'h_alice', 'mallory'), hostileText);
  const property = fc.asyncProperty(principal, async (who) => {
    fc.pre(who !== 'alice' && who.isWellFormed()); // no token makes any other principal
    asked.length = 0;
    const unknown = toTaskRef({ lane: 'workflow', keyPart: 'another', runId: RUN });
    await expect(lookup.byRef(who, taskRef)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
    await expect(lookup.byRef(who, unknown)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
    // One question each, of the same kind: the time that it takes tells nothing either.
    expect(asked).toEqual([toWorkflowId(who, 'key'), toWorkflowId(who, 'another')]);
    expect(asked).not.toContain(hers);
    expect(lookup.recall(who, taskRef)).toBeNull();
  });
  await fc.assert(property);
});

test('no text that is no handle leads to Temporal', async () => {
  const lookup = createLookup({
    lanes: toLanes(
      async (workflowId) => {
        throw new Error(`asked for ${workflowId}`);
      },
      { read: notAsked, poll: notAsked },
    ),
    retentionMs: 3_600_000,
    isWorkerPresent: async () => null,
  });
  const property = fc.asyncProperty(hostileText, async (text) => {
    fc.pre(parseTaskRef(text) === null);
    await expect(lookup.byRef('local', text)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
  });
  await fc.assert(property);
});

import { expect, test } from '@jest/globals';
import { OperationError } from '../../../src/contract/errors.ts';
import type { Closing, Closings, Page, Run } from '../../../src/temporal/lanes/lane.ts';
import { NoAnswerError } from '../../../src/temporal/calls/call-limit.ts';
import { createLongPolls } from '../../../src/temporal/tasks/long-polls.ts';

const closing: Closing = {
  outcome: { status: 'completed', result: 'done', attempt: 1 },
  closedAt: 1,
  cancelRequested: false,
};
const idle: Page = { closing: null, continued: false, nextPageToken: Buffer.from('next') };
const run = (runId: string): Run => ({ lane: 'workflow', workflowId: 'local:key', runId });
const soon = () => Date.now() + 100;
const late = () => Date.now() + 60_000;

interface Asked {
  readonly runId: string;
  readonly token: string | null;
  readonly limitMs: number;
}

/** Temporal as its long polls show it: each poll is answered by the next of `answers`, and by nothing after the last. */
function createTemporal(...answers: (() => Promise<Page>)[]): Closings & { asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    read: async () => closing,
    poll: async ({ runId }, token, limitMs) => {
      asked.push({ runId, token: token && Buffer.from(token).toString(), limitMs });
      const answer = answers.shift();
      return answer ? answer() : new Promise<Page>(() => undefined);
    },
  };
}

const answer = (page: Page) => async () => page;
const refuse = (failure: Error) => async () => Promise.reject(failure);

test('600 who wait for one run cost one poll', async () => {
  const temporal = createTemporal(answer({ closing, continued: false, nextPageToken: null }));
  const longPolls = createLongPolls(temporal);
  const all = await Promise.all(
    Array.from({ length: 600 }, () => longPolls.wait(run('a'), late())),
  );
  expect(new Set(all)).toEqual(new Set([closing]));
  expect(temporal.asked).toHaveLength(1);
});

test('a poll goes on where the page before ended', async () => {
  const temporal = createTemporal(
    answer(idle),
    answer({ closing, continued: false, nextPageToken: null }),
  );
  expect(await createLongPolls(temporal).wait(run('a'), late())).toBe(closing);
  expect(temporal.asked.map(({ token }) => token)).toEqual([null, 'next']);
});

test('a poll asks for little more than the patience of its most patient waiter', async () => {
  const temporal = createTemporal();
  const longPolls = createLongPolls(temporal);
  expect(await longPolls.wait(run('a'), soon())).toBeNull();
  expect(temporal.asked).toHaveLength(1);
  expect(temporal.asked[0]?.limitMs).toBeLessThan(2_000);
});

test('one who comes late joins the poll that is under way', async () => {
  let end: (page: Page) => void = () => undefined;
  const temporal = createTemporal(async () => new Promise((resolve) => (end = resolve)));
  const longPolls = createLongPolls(temporal);
  const first = longPolls.wait(run('a'), soon());
  const second = longPolls.wait(run('a'), late());
  expect(await first).toBeNull();
  end({ closing, continued: false, nextPageToken: null });
  expect(await second).toBe(closing);
  expect(temporal.asked).toHaveLength(1);
});

test('nobody polls once everybody has left', async () => {
  let end: (page: Page) => void = () => undefined;
  const temporal = createTemporal(async () => new Promise((resolve) => (end = resolve)));
  const longPolls = createLongPolls(temporal);
  const caller = new AbortController();
  const waiting = longPolls.wait(run('a'), late(), caller.signal);
  caller.abort();
  expect(await waiting).toBeNull();
  end(idle);
  expect(await longPolls.wait(run('a'), late(), AbortSignal.abort())).toBeNull();
  expect(temporal.asked).toHaveLength(1);
});

test('a Temporal that is away is asked again while anybody waits', async () => {
  const away = Object.assign(new Error('tcp connect error'), {
    code: 14,
    details: '',
    metadata: {},
  });
  const temporal = createTemporal(
    answer(idle),
    refuse(away),
    refuse(new NoAnswerError('no answer')),
    answer({ closing, continued: false, nextPageToken: null }),
  );
  expect(await createLongPolls(temporal).wait(run('a'), late())).toBe(closing);
  expect(temporal.asked.map(({ token }) => token)).toEqual([null, 'next', 'next', 'next']);
});

test('what cannot pass by itself is told to all who wait', async () => {
  const temporal = createTemporal(refuse(new OperationError('INTERNAL', 'no codec')));
  const longPolls = createLongPolls(temporal);
  const both = await Promise.allSettled([
    longPolls.wait(run('a'), late()),
    longPolls.wait(run('a'), late()),
  ]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('a run that is gone has no end', async () => {
  const gone = Object.assign(new Error('not found'), { code: 5, details: '', metadata: {} });
  const temporal = createTemporal(refuse(gone));
  expect(await createLongPolls(temporal).wait(run('a'), late())).toBeNull();
});

test('where too many wait, one more does not poll but is sent back', async () => {
  const temporal = createTemporal();
  const longPolls = createLongPolls(temporal, 2);
  const callers = new AbortController();
  const waiting = ['a', 'b'].map((id) => longPolls.wait(run(id), late(), callers.signal));
  expect(await longPolls.wait(run('c'), soon())).toBeNull();
  const joined = longPolls.wait(run('a'), late(), callers.signal);
  callers.abort();
  expect(await Promise.all([...waiting, joined])).toEqual([null, null, null]);
  expect(temporal.asked.map(({ runId }) => runId)).toEqual(['a', 'b']);
});

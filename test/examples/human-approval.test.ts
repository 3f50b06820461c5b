import { expect, test } from '@jest/globals';
import { createTestContext } from '../support/operations/context.ts';
import { jobStepsOf, loadExample } from './load-example.ts';
import { startFakeUpstream } from '../support/peers/upstream.ts';

const parameters = {
  summary: 'Conference in Bonn, two days.',
  amountEur: 1200,
  approver: 'dana@example.com',
};

/** An approval service with one approval, which a test decides. */
async function startApprovals() {
  const approval = {
    id: 'a 1',
    state: 'pending',
    decidedBy: null as string | null,
    comment: null as string | null,
  };
  const upstream = await startFakeUpstream(({ method, headers }) => {
    if (headers.authorization !== 'Bearer t0ken') return 401;
    if (method === 'DELETE') return 204;
    return { body: approval };
  });
  const { operation } = (
    await loadExample('human-approval/longhaul.config.ts', {
      APPROVAL_API_URL: upstream.url,
      APPROVAL_API_TOKEN: 't0ken',
    })
  ).get('request_approval');
  const steps = jobStepsOf(operation);
  return {
    approval,
    upstream,
    operation,
    steps,
    look: () => steps.poll({ parameters, handle: 'a 1' }, createTestContext()),
    [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose](),
  };
}

test('the approval example asks once and waits for the person', async () => {
  await using example = await startApprovals();
  await expect(example.steps.submit(parameters, createTestContext())).resolves.toEqual({
    handle: 'a 1',
  });
  expect(example.upstream.requests).toMatchObject([
    { path: '/approvals', json: parameters, idempotencyKey: 'key-1' },
  ]);
  await expect(example.look()).resolves.toMatchObject({
    done: false,
    progress: { message: 'waiting for dana@example.com' },
  });
  expect(example.upstream.requests[1]?.path).toBe('/approvals/a%201');
});

test.each([
  ['approved', true],
  ['rejected', false],
])('the approval example: %s is the result approved: %s', async (state, approved) => {
  await using example = await startApprovals();
  Object.assign(example.approval, { state, decidedBy: 'dana@example.com', comment: 'fine' });
  await expect(example.look()).resolves.toEqual({
    done: true,
    result: { approved, decidedBy: 'dana@example.com', comment: 'fine' },
  });
});

test('the approval example: a withdrawn approval is a failure', async () => {
  await using example = await startApprovals();
  example.approval.state = 'withdrawn';
  await expect(example.look()).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED' });
});

test('the approval example withdraws its question on cancel', async () => {
  await using example = await startApprovals();
  await example.steps.cancel?.({ parameters, handle: 'a 1' }, createTestContext());
  expect(example.upstream.requests).toMatchObject([{ method: 'DELETE', path: '/approvals/a%201' }]);
});

test('the approval example says what it needs', async () => {
  await expect(loadExample('human-approval/longhaul.config.ts', {})).rejects.toThrow(
    'set APPROVAL_API_URL and APPROVAL_API_TOKEN',
  );
});

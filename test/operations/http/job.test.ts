import { describe, expect, test } from '@jest/globals';
import { createTestContext } from '../../support/context.ts';
import { defineTestJob, testJob, type JobChange } from '../../support/job.ts';
import { startFakeUpstream } from '../../support/upstream.ts';

const stepsOf = (url: string, change?: JobChange) => defineTestJob(url, change).steps;
const look = (url: string, change?: JobChange) =>
  stepsOf(url, change).poll(testJob, createTestContext());

describe('a submit', () => {
  test('sends the key and returns the id of the job', async () => {
    await using upstream = await startFakeUpstream([{ status: 202, body: { id: 17 } }]);
    const handle = await stepsOf(upstream.url).submit({ model: 'm' }, createTestContext());
    expect(handle).toBe('17');
    expect(upstream.requests).toMatchObject([
      { method: 'POST', path: '/jobs', json: { model: 'm' }, idempotencyKey: 'key-1' },
    ]);
  });

  test('returns an id of 64 bits with all its digits', async () => {
    await using upstream = await startFakeUpstream((_, response) => {
      response.setHeader('content-type', 'application/json').end('{"id":9223372036854775807}');
      return undefined;
    });
    const handle = await stepsOf(upstream.url).submit({ model: 'm' }, createTestContext());
    expect(handle).toBe('9223372036854775807');
  });

  test.each<[boolean, string]>([
    [false, 'OUTCOME_UNKNOWN'],
    [true, 'UPSTREAM_UNAVAILABLE'],
  ])('whose answer is lost, idempotent: %s, is %s', async (idempotent, code) => {
    await using upstream = await startFakeUpstream((_, response) => {
      response.destroy();
      return undefined;
    });
    const operation = defineTestJob(upstream.url, { idempotent });
    expect(operation.idempotent).toBe(idempotent);
    await expect(operation.steps.submit({ model: 'm' }, createTestContext())).rejects.toMatchObject(
      { code },
    );
  });

  test.each<[unknown, string]>([
    [{}, 'has nothing at /id'],
    [{ id: null }, 'is no job id'],
    [{ id: '' }, 'is no job id'],
    [{ id: { a: 1 } }, 'is no job id'],
  ])('answered with %j is refused', async (body, sentence) => {
    await using upstream = await startFakeUpstream([{ body }]);
    await expect(
      stepsOf(upstream.url).submit({ model: 'm' }, createTestContext()),
    ).rejects.toMatchObject({
      code: 'UPSTREAM_REJECTED',
      message: expect.stringContaining(sentence),
    });
  });

  test('answered with an id that holds a secret is refused, since ids are stored', async () => {
    await using upstream = await startFakeUpstream([{ body: { id: 'job-s3cret' } }]);
    const steps = stepsOf(upstream.url, { submit: { headers: { 'X-Key': '${env:KEY}' } } });
    await expect(
      steps.submit({ model: 'm' }, createTestContext({ env: { KEY: 's3cret' } })),
    ).rejects.toMatchObject({
      code: 'UPSTREAM_REJECTED',
      message: expect.not.stringContaining('s3cret'),
    });
  });
});

describe('a poll', () => {
  test('asks for the job by its handle, without an idempotency key', async () => {
    await using upstream = await startFakeUpstream([{ body: { state: 'running' } }]);
    await look(upstream.url, { poll: { method: 'POST' } });
    expect(upstream.requests).toMatchObject([
      { path: '/models/m/jobs/j%2F1', idempotencyKey: null },
    ]);
  });

  test.each<[string, object, object, object]>([
    [
      'a running job',
      { state: 'running' },
      {},
      { done: false, progress: { fraction: null, message: 'upstream says running' } },
    ],
    [
      'progress in percent',
      { state: 'x', percent: 25 },
      {},
      { done: false, progress: { fraction: 0.25 } },
    ],
    ['progress above the scale', { state: 'x', percent: 250 }, {}, { progress: { fraction: 1 } }],
    [
      'progress that is no number',
      { state: 'x', percent: '25' },
      {},
      { progress: { fraction: null } },
    ],
    [
      'when to look again',
      { state: 'x' },
      { 'retry-after': '9' },
      { done: false, pollAfterMs: 9000 },
    ],
    [
      'a done job',
      { state: 'succeeded', output: { url: 'x' } },
      {},
      { done: true, result: { url: 'x' } },
    ],
    [
      'a done job without a result',
      { state: 'succeeded', output: null },
      {},
      { done: true, result: null },
    ],
  ])('understands %s', async (_, body, headers, status) => {
    await using upstream = await startFakeUpstream([
      { body, headers: headers as Record<string, string> },
    ]);
    await expect(look(upstream.url)).resolves.toMatchObject(status);
  });

  test('leaves the interval alone where the upstream says nothing of use', async () => {
    await using upstream = await startFakeUpstream([
      { body: { state: 'x' }, headers: { 'retry-after': '0' } },
    ]);
    await expect(look(upstream.url)).resolves.not.toHaveProperty('pollAfterMs');
  });

  test('compares statuses that are no text', async () => {
    await using upstream = await startFakeUpstream([{ body: { state: true, output: 1 } }]);
    await expect(look(upstream.url, { poll: { done: [true], failed: [null] } })).resolves.toEqual({
      done: true,
      result: 1,
    });
  });

  test('of a failed job fails with what the upstream says of it', async () => {
    await using upstream = await startFakeUpstream([
      { body: { state: 'failed', error: { message: 'out of memory' } } },
    ]);
    await expect(look(upstream.url)).rejects.toMatchObject({
      code: 'UPSTREAM_REJECTED',
      message: expect.stringContaining('the job is failed: out of memory'),
      details: { status: 'failed', error: 'out of memory' },
    });
  });

  test('of a failed job with a long story tells at most 1 KiB of it', async () => {
    await using upstream = await startFakeUpstream([
      { body: { state: 'failed', error: { message: 'x'.repeat(9000) } } },
    ]);
    const failure: { details: { error: string } } = await look(upstream.url).then(
      () => Promise.reject(new Error('it did not fail')),
      (error: unknown) => error as never,
    );
    expect(Buffer.byteLength(failure.details.error)).toBeLessThanOrEqual(1024);
  });

  test.each<[string, number, string]>([
    ['an unknown job', 404, 'UPSTREAM_REJECTED'],
    ['an upstream that cannot answer', 503, 'UPSTREAM_UNAVAILABLE'],
    ['an upstream that is asked too often', 429, 'RATE_LIMITED'],
  ])('of %s fails with its code', async (_, status, code) => {
    await using upstream = await startFakeUpstream([status]);
    await expect(look(upstream.url)).rejects.toMatchObject({ code });
  });

  test('whose connection is lost can be repeated', async () => {
    await using upstream = await startFakeUpstream((_, response) => {
      response.destroy();
      return undefined;
    });
    await expect(look(upstream.url, { poll: { method: 'POST' } })).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
  });

  test('answered without a status is refused', async () => {
    await using upstream = await startFakeUpstream([{ body: {} }]);
    await expect(look(upstream.url)).rejects.toMatchObject({
      message: expect.stringContaining('nothing at /state'),
    });
  });
});

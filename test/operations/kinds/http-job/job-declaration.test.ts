import { describe, expect, test } from '@jest/globals';
import { createTestContext } from '../../../support/operations/context.ts';
import { defineTestJob, testJob, type JobChange } from '../../../support/operations/http-job.ts';
import { startFakeUpstream } from '../../../support/peers/upstream.ts';

describe('a cancel', () => {
  const cancel = async (url: string) => {
    const change: JobChange = { cancel: { method: 'DELETE', url: `${url}/jobs/{handle}` } };
    await defineTestJob(url, change).steps.cancel?.(testJob, createTestContext());
  };

  test.each([[204], [404], [409], [410]])('answered with %i is done', async (status) => {
    await using upstream = await startFakeUpstream([status]);
    await expect(cancel(upstream.url)).resolves.toBeUndefined();
    expect(upstream.requests).toMatchObject([
      { method: 'DELETE', path: '/jobs/j%201', idempotencyKey: null },
    ]);
  });

  test('refused for a job that has ended is done', async () => {
    await using upstream = await startFakeUpstream(({ method }) =>
      method === 'DELETE'
        ? { status: 400, body: { status: 'ALREADY_COMPLETED' } }
        : { body: { state: 'failed' } },
    );
    await expect(cancel(upstream.url)).resolves.toBeUndefined();
  });

  test('refused for a job that runs fails', async () => {
    await using upstream = await startFakeUpstream(({ method }) =>
      method === 'DELETE' ? 400 : { body: { state: 'running' } },
    );
    await expect(cancel(upstream.url)).rejects.toMatchObject({
      code: 'UPSTREAM_REJECTED',
      message: expect.stringContaining('answered 400'),
    });
  });

  test('names the job with an id of the same type', async () => {
    await using upstream = await startFakeUpstream([200]);
    const body = { id: '{handle}', text: 'job {handle}' };
    const change: JobChange = { cancel: { method: 'POST', url: `${upstream.url}/stop`, body } };
    const job = { ...testJob, handle: 7 };
    await defineTestJob(upstream.url, change).steps.cancel?.(job, createTestContext());
    expect(upstream.requests).toMatchObject([{ json: { id: 7, text: 'job 7' } }]);
  });

  test('answered with bytes is done', async () => {
    await using upstream = await startFakeUpstream([
      { headers: { 'content-type': 'image/png' }, body: 'x' },
    ]);
    await expect(cancel(upstream.url)).resolves.toBeUndefined();
  });

  test.each<[number, string]>([
    [403, 'UPSTREAM_REJECTED'],
    [503, 'UPSTREAM_UNAVAILABLE'],
  ])('answered with %i fails', async (status, code) => {
    await using upstream = await startFakeUpstream([status]);
    await expect(cancel(upstream.url)).rejects.toMatchObject({ code });
  });

  test('is absent where none is declared', () => {
    expect(defineTestJob('http://localhost').steps).not.toHaveProperty('cancel');
  });
});

describe('the declaration of a job', () => {
  test('has the intervals that it says', () => {
    const { polling } = defineTestJob('http://localhost', {
      poll: { initialIntervalMs: 50 },
    }).steps;
    expect(polling).toEqual({ initialIntervalMs: 50, backoffMultiplier: 2, maxIntervalMs: 30_000 });
  });

  test.each<[string, JobChange, string]>([
    [
      '{handle} in submit',
      { submit: { body: '{handle}' } },
      'submit: {handle}: the input has no field handle',
    ],
    [
      'a parameter called handle',
      { input: { properties: { handle: {} } } },
      'a job has {handle} of its own',
    ],
    [
      'an unknown field in poll',
      { poll: { url: 'http://x/{job}' } },
      'poll: {job}: the input has no field job',
    ],
    ['a pointer without a slash', { poll: { status: 'state' } }, 'expected a JSON Pointer'],
    ['an unknown key', { submit: { retries: 3 } as never }, 'retries'],
  ])('with %s is refused', (_, change, sentence) => {
    expect(() => defineTestJob('http://localhost', change)).toThrow(TypeError);
    expect(() => defineTestJob('http://localhost', change)).toThrow(sentence);
  });
});

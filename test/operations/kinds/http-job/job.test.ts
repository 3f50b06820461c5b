import { describe, expect, test } from '@jest/globals';
import { createTestContext } from '../../../support/operations/context.ts';
import { defineTestJob, type JobChange } from '../../../support/operations/http-job.ts';
import { startFakeUpstream, type UpstreamAnswer } from '../../../support/peers/upstream.ts';

const stepsOf = (url: string, change?: JobChange) => defineTestJob(url, change).steps;

const text = (body: string, type = 'text/html'): UpstreamAnswer => ({
  headers: { 'content-type': type },
  body,
});

describe('a submit', () => {
  test('sends the key and returns the id of the job', async () => {
    await using upstream = await startFakeUpstream([{ status: 202, body: { id: 17 } }]);
    const submitted = await stepsOf(upstream.url).submit({ model: 'm' }, createTestContext());
    expect(submitted).toEqual({ handle: 17 });
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
    expect(JSON.stringify(handle)).toBe('{"handle":9223372036854775807}');
  });

  test.each<[boolean, string]>([
    [false, 'OUTCOME_UNKNOWN'],
    [true, 'OUTCOME_UNKNOWN'],
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

  const long = 'a'.repeat(3_000);
  test.each<[string, UpstreamAnswer, string]>([
    ['no id', { body: { job: 7 } }, 'has nothing at /id'],
    ['an id that is null', { body: { id: null } }, 'is no job id'],
    ['an empty id', { body: { id: '' } }, 'is no job id'],
    ['an id that is an object', { body: { id: { a: 1 } } }, 'is no job id'],
    ['an id that is too long', { body: { id: long } }, 'it has 3000 characters, of at most 2048'],
    ['an id that makes another URL', { body: { id: '..' } }, 'its job id cannot be asked for'],
    ['an id with slashes', { body: { id: '../admin' } }, 'not even encoded: "../admin"'],
    ['204', 204, 'answered 204, but its body has nothing at /id'],
    ['a location alone', { status: 202, headers: { location: '/jobs/j1' } }, 'nothing at /id'],
    ['HTML', text('<html>ok</html>'), 'nothing at /id'],
    ['bytes', text('x', 'image/png'), 'its body is image/png'],
    ['JSON cut short', text('{"id":"j', 'application/json'), 'is no JSON'],
    ['300 KB beside the id', { body: { id: 'j1', pad: 'x'.repeat(300_000) } }, 'at most 262144'],
    ['a redirect to elsewhere', { status: 303, headers: { location: 'http://x/' } }, 'redirects'],
    ['303 without a place', 303, 'it was accepted, but then'],
  ])('that was taken and answered with %s may have started a job', async (_, answer, sentence) => {
    await using upstream = await startFakeUpstream([answer]);
    const steps = stepsOf(upstream.url, { idempotent: true });
    await expect(steps.submit({ model: 'm' }, createTestContext())).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message: expect.stringContaining(sentence),
      details: { method: 'POST', url: `${upstream.url}/jobs` },
    });
    expect(upstream.requests).toHaveLength(1);
  });

  test('whose answer cannot be used tells its beginning and its location, without secrets', async () => {
    const headers = { location: '/jobs/s3cret', 'content-type': 'text/html' };
    await using upstream = await startFakeUpstream([
      { status: 202, headers, body: `key s3cret ${'x'.repeat(9_000)}` },
    ]);
    const steps = stepsOf(upstream.url, { submit: { headers: { 'X-Key': '${env:KEY}' } } });
    const context = createTestContext({ env: { KEY: 's3cret' } });
    await expect(steps.submit({ model: 'm' }, context)).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message: expect.stringContaining('look there before you repeat it'),
      details: {
        status: 202,
        location: '/jobs/[secret env:KEY]',
        body: expect.stringMatching(/^key \[secret env:KEY\] x{900,1024}…$/),
      },
    });
  });

  test.each([
    [400, 'UPSTREAM_REJECTED'],
    [409, 'UPSTREAM_REJECTED'],
    [429, 'RATE_LIMITED'],
    [503, 'UPSTREAM_UNAVAILABLE'],
  ])('that is answered with %i was refused: %s', async (status, code) => {
    await using upstream = await startFakeUpstream([status]);
    const refused = stepsOf(upstream.url).submit({ model: 'm' }, createTestContext());
    await expect(refused).rejects.toMatchObject({ code });
  });

  test('takes JSON whatever it is called', async () => {
    await using upstream = await startFakeUpstream([text('{"id":"j1"}', 'text/plain')]);
    const steps = stepsOf(upstream.url);
    await expect(steps.submit({ model: 'm' }, createTestContext())).resolves.toEqual({
      handle: 'j1',
    });
  });

  test('says when the upstream wants to be asked first', async () => {
    await using upstream = await startFakeUpstream([
      { status: 202, headers: { 'retry-after': '3' }, body: { id: 'j1' } },
    ]);
    const steps = stepsOf(upstream.url);
    await expect(steps.submit({ model: 'm' }, createTestContext())).resolves.toEqual({
      handle: 'j1',
      firstLookMs: 3_000,
    });
  });

  test('answered with an id that holds a secret is not kept, since ids are stored', async () => {
    await using upstream = await startFakeUpstream([{ body: { id: 'job-s3cret' } }]);
    const steps = stepsOf(upstream.url, { submit: { headers: { 'X-Key': '${env:KEY}' } } });
    await expect(
      steps.submit({ model: 'm' }, createTestContext({ env: { KEY: 's3cret' } })),
    ).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message: expect.not.stringContaining('s3cret'),
    });
  });
});

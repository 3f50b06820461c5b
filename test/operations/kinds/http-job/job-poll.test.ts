import { describe, expect, test } from '@jest/globals';
import { createTestContext } from '../../../support/operations/context.ts';
import { defineTestJob, testJob, type JobChange } from '../../../support/operations/http-job.ts';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { UnreadPoll } from '../../../../src/operations/poll-error.ts';
import { startFakeUpstream, type UpstreamAnswer } from '../../../support/peers/upstream.ts';

const look = (url: string, change?: JobChange) =>
  defineTestJob(url, change).steps.poll(testJob, createTestContext());

const text = (body: string, type = 'text/html'): UpstreamAnswer => ({
  headers: { 'content-type': type },
  body,
});
const packed = (body: string, encoding: string): UpstreamAnswer => ({
  headers: { 'content-type': 'application/json', 'content-encoding': encoding },
  body,
});

describe('a poll', () => {
  test('asks for the job by its handle, without an idempotency key', async () => {
    await using upstream = await startFakeUpstream([{ body: { state: 'running' } }]);
    await look(upstream.url, { poll: { method: 'POST' } });
    expect(upstream.requests).toMatchObject([
      { path: '/models/m/jobs/j%201', idempotencyKey: null },
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

  test.each<[string, UpstreamAnswer, string]>([
    ['an upstream that cannot answer', 503, 'UPSTREAM_UNAVAILABLE'],
    ['an upstream that is asked too often', 429, 'RATE_LIMITED'],
    ['a maintenance page', text('<html>back soon</html>', 'text/html'), 'UPSTREAM_UNAVAILABLE'],
    ['an empty answer', 204, 'UPSTREAM_UNAVAILABLE'],
    ['JSON that was cut', text('{"state":"runn', 'application/json'), 'UPSTREAM_UNAVAILABLE'],
    ['bytes', text('x', 'image/png'), 'UPSTREAM_UNAVAILABLE'],
    ['an unknown packing', packed('{}', 'zip'), 'UPSTREAM_UNAVAILABLE'],
    ['what is not packed as it says', packed('{"state":"x"}', 'gzip'), 'UPSTREAM_UNAVAILABLE'],
    ['an error without a status', { body: { error: { message: 'x' } } }, 'UPSTREAM_UNAVAILABLE'],
  ])('of %s may be repeated as long as there is time', async (_, answer, code) => {
    await using upstream = await startFakeUpstream([answer]);
    const failure: unknown = await look(upstream.url).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code });
    expect(failure).not.toBeInstanceOf(UnreadPoll);
  });

  test.each<[string, UpstreamAnswer, string]>([
    ['401', 401, 'UPSTREAM_REJECTED'],
    ['403', 403, 'UPSTREAM_REJECTED'],
    ['404', 404, 'UPSTREAM_REJECTED'],
    [
      'a redirect to a login',
      { status: 302, headers: { location: 'http://x/' } },
      'UPSTREAM_REJECTED',
    ],
    ['more than is read', { body: { pad: 'x'.repeat(300_000) } }, 'RESULT_TOO_LARGE'],
  ])('answered with %s says nothing about the job', async (_, answer, code) => {
    await using upstream = await startFakeUpstream([answer]);
    const failure: unknown = await look(upstream.url).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(UnreadPoll);
    expect(failure).toMatchObject({ code, again: true });
  });

  test.each([400, 410, 422])('answered with %i is the last', async (status) => {
    await using upstream = await startFakeUpstream([{ status, body: { message: 'no table' } }]);
    const failure: unknown = await look(upstream.url).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(UnreadPoll);
    expect(failure).toMatchObject({
      code: 'UPSTREAM_REJECTED',
      again: false,
      details: { status, body: '{"message":"no table"}' },
    });
  });

  test('whose secret is not there says nothing about the job', async () => {
    const change = { poll: { headers: { 'X-Key': '${env:GONE}' } } };
    const failure: unknown = await look('http://localhost', change).catch(
      (thrown: unknown) => thrown,
    );
    expect(failure).toBeInstanceOf(UnreadPoll);
    expect(failure).toMatchObject({ code: 'INTERNAL', again: true });
  });

  test('whose status is an object is never understood', async () => {
    await using upstream = await startFakeUpstream([{ body: { state: { phase: 'done' } } }]);
    const failure: unknown = await look(upstream.url).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(UnreadPoll);
    expect(failure).toMatchObject({
      code: 'UPSTREAM_REJECTED',
      message: expect.stringContaining('at /state is no status: {"phase":"done"}'),
      again: false,
    });
  });

  test('without a status finds the job running', async () => {
    await using upstream = await startFakeUpstream([{ body: { metadata: {} } }]);
    await expect(look(upstream.url)).resolves.toMatchObject({
      done: false,
      progress: { fraction: null, message: 'upstream does not say yet where the job stands' },
    });
  });

  test.each([
    ['10', 10, 20],
    [10, '10', '20'],
    ['true', true, false],
  ])('compares %j with %j as text', async (state, done, failed) => {
    await using upstream = await startFakeUpstream([{ body: { state, output: 1 } }]);
    await expect(look(upstream.url, { poll: { done: [done], failed: [failed] } })).resolves.toEqual(
      { done: true, result: 1 },
    );
  });

  test.each([{}, { output: null }])(
    'of a done job with an error in place of its result, %j, fails with the error',
    async (more) => {
      await using upstream = await startFakeUpstream([
        { body: { state: 'succeeded', error: { message: 'the quota is used up' }, ...more } },
      ]);
      await expect(look(upstream.url)).rejects.toMatchObject({
        code: 'UPSTREAM_REJECTED',
        details: { status: 'succeeded', error: 'the quota is used up' },
      });
    },
  );

  test('of a done job whose result is not there says that the job ran', async () => {
    await using upstream = await startFakeUpstream([{ body: { state: 'succeeded' } }]);
    const failure: unknown = await look(upstream.url).catch((thrown: unknown) => thrown);
    expect(failure).not.toBeInstanceOf(UnreadPoll);
    expect(failure).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message: expect.stringContaining('nothing at /output; the job ran'),
    });
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('packed as %s is unpacked', async (encoding, pack) => {
    await using upstream = await startFakeUpstream((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding });
      response.end(pack(JSON.stringify({ state: 'succeeded', output: 'x' })));
      return undefined;
    });
    await expect(look(upstream.url)).resolves.toEqual({ done: true, result: 'x' });
  });

  test('in Latin-1 is read in Latin-1', async () => {
    await using upstream = await startFakeUpstream((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json; charset=iso-8859-1' });
      response.end(Buffer.from('{"state":"succeeded","output":"Müller"}', 'latin1'));
      return undefined;
    });
    await expect(look(upstream.url)).resolves.toEqual({ done: true, result: 'Müller' });
  });

  test('packed to little of much is read as far as any other', async () => {
    await using upstream = await startFakeUpstream((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(gzipSync(JSON.stringify({ pad: 'x'.repeat(10_000_000) })));
      return undefined;
    });
    await expect(look(upstream.url)).rejects.toMatchObject({ code: 'RESULT_TOO_LARGE' });
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
});

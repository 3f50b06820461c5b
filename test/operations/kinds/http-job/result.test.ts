import { describe, expect, test } from '@jest/globals';
import { jobOf, poll, routes, type Change } from '../../../support/operations/any-job.ts';
import { createTestContext } from '../../../support/operations/context.ts';
import { startFakeUpstream } from '../../../support/peers/upstream.ts';

describe('a result of its own', () => {
  const done = { body: { status: 'done' } };

  test('at another listed origin is asked without credentials', async () => {
    await using storage = await startFakeUpstream([{ body: { rows: 1 } }]);
    await using upstream = await startFakeUpstream([
      { body: { status: 'done', file: `${storage.url}/f?signature=x` } },
    ]);
    const change: Change = {
      origins: [storage.url],
      auth: { type: 'basic', username: 'me', password: '${env:SECRET}' },
      submit: { handle: { id: '/id' } },
      poll: { url: `${upstream.url}/jobs/{handle.id}`, handle: { file: '/file' } },
      result: { url: '{handle.file}', headers: { 'x-key': '${env:SECRET}' } },
    };
    const context = createTestContext({ env: { SECRET: 's3cret-1' } });
    const seen = await jobOf(upstream.url, change).poll(
      { parameters: {}, handle: { id: 'j1' } },
      context,
    );
    expect(seen).toMatchObject({ done: true, result: { rows: 1 } });
    expect(upstream.requests[0]?.headers.authorization).toMatch(/^Basic /);
    expect(Object.keys(storage.requests[0]?.headers ?? {}).sort()).toEqual([
      'accept',
      'connection',
      'host',
      'user-agent',
    ]);
  });

  test('in pages ends at the last, at a page that comes twice, and at the most that are read', async () => {
    const page = (n: number) => ({ body: { items: [n], next: n < 4 ? n + 1 : null } });
    await using upstream = await startFakeUpstream(({ path }) =>
      path.startsWith('/jobs')
        ? done
        : page(Number(new URL(path, 'http://x').searchParams.get('page') ?? 1)),
    );
    const pages = (more: object): Change => ({
      result: {
        url: `${upstream.url}/r`,
        result: '/items',
        pages: { next: '/next', query: 'page', ...more },
      },
    });
    await expect(poll(upstream.url, 'j1', pages({}))).resolves.toMatchObject({
      result: [1, 2, 3, 4],
    });
    await expect(poll(upstream.url, 'j1', pages({ max: 3 }))).rejects.toMatchObject({
      code: 'RESULT_TOO_LARGE',
    });
  });

  test('by the header Link never leaves the origins', async () => {
    await using upstream = await startFakeUpstream(({ path }) =>
      path.startsWith('/jobs')
        ? done
        : { headers: { link: '<https://evil.example/2>; rel="next"' }, body: [1] },
    );
    const result = { url: `${upstream.url}/r`, pages: { next: '$response.header.Link' } };
    await expect(poll(upstream.url, 'j1', { result })).rejects.toMatchObject({
      message: expect.stringContaining('https://evil.example, which is none of the origins'),
    });
  });

  test('that is refused tells why the job has none', async () => {
    await using upstream = await startFakeUpstream(
      routes({ 'GET /jobs/j1': done, 'GET /r': { status: 422, body: { detail: 'not allowed' } } }),
    );
    const change = { result: { url: `${upstream.url}/r` } };
    await expect(poll(upstream.url, 'j1', change)).rejects.toMatchObject({
      code: 'UPSTREAM_REJECTED',
      message: expect.stringContaining('the job is done, but not its result'),
      details: { body: '{"detail":"not allowed"}' },
    });
  });
});

import { describe, expect, test } from '@jest/globals';
import { poll, refusal, routes, submit, type Change } from '../../../support/operations/any-job.ts';
import { startFakeUpstream, type UpstreamAnswer } from '../../../support/peers/upstream.ts';

describe('a handle', () => {
  const moving = { poll: { url: '{handle}' }, submit: { handle: '$response.header.Location' } };

  test('that is a relative location is the absolute URL', async () => {
    await using upstream = await startFakeUpstream([{ status: 202, headers: { location: 'j/1' } }]);
    await expect(submit(upstream.url, moving)).resolves.toBe(`${upstream.url}/j/1`);
  });

  test.each(['https://evil.example/j1', '//evil.example/j1', 'http://127.0.0.1:1/j1', 'file:///x'])(
    'that leads to %s is refused, and the outcome is unknown',
    async (location) => {
      await using upstream = await startFakeUpstream([{ status: 202, headers: { location } }]);
      await expect(submit(upstream.url, moving)).rejects.toMatchObject({
        code: 'OUTCOME_UNKNOWN',
        message: expect.stringContaining('none of the origins of this operation'),
      });
    },
  );

  test('that a later answer moves is asked for where it has moved', async () => {
    await using upstream = await startFakeUpstream((request) => ({
      body: { next: `/moved${request.path.length}`, status: 'running' },
    }));
    const change = { poll: { url: '{handle}', handle: '/next' } };
    await expect(poll(upstream.url, `${upstream.url}/a`, change)).resolves.toMatchObject({
      done: false,
      handle: `${upstream.url}/moved2`,
    });
  });

  test.each(['a/../b', 'a//b', '../b', 'a/%2e%2e/b', 'a/./b', 'a\\b'])(
    'with slashes that is %s makes no other URL',
    async (id) => {
      await using upstream = await startFakeUpstream([{ body: { id } }]);
      const change = { poll: { url: `${upstream.url}/v1/{+handle}` } };
      await expect(submit(upstream.url, change)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    },
  );

  test.each<[string, Change, string]>([
    ['a name of nothing', { submit: { handle: 'id' } }, 'expected a JSON Pointer'],
    ['none', { submit: { handle: undefined } }, 'where the id of the job stands'],
    ['two kinds', { poll: { handle: { a: '/a' } } }, 'one value or several by name'],
    ['a name that no answer has', { poll: { url: 'https://a.example/{handle.x}' } }, 'handle.x'],
    [
      '{+handle} in a query',
      { poll: { url: 'https://a.example/?a={+handle}' } },
      'the path of a URL',
    ],
    ['a submit at a URL of an answer', { submit: { url: '{handle}' } }, 'of no answer'],
    ['an origin with a path', { origins: ['https://a.example/x'] }, 'scheme, host and port alone'],
  ])('is refused at load for %s', (_, change, sentence) => {
    expect(refusal(change)).toThrow(sentence);
  });
});

describe('where a job stands', () => {
  const status = { status: '$statusCode', done: [200], running: [202], failed: [422] };
  test.each<[string, Change['poll'] & object, UpstreamAnswer, object]>([
    ['202', status, { status: 202, body: 'x' }, { done: false }],
    ['200', status, { body: { a: 1 } }, { done: true, result: { a: 1 } }],
    [
      'two fields',
      { status: undefined, done: { '/life': ['END'], '/state': ['OK'] } },
      { body: { life: 'END', state: 'OK' } },
      { done: true },
    ],
    [
      'one of two fields',
      { status: undefined, done: { '/life': ['END'], '/state': ['OK'] } },
      { body: { life: 'END' } },
      { done: false },
    ],
    [
      'presence',
      { status: undefined, done: { '/response': 'present' } },
      { body: { response: {} } },
      { done: true },
    ],
    [
      'progress of a whole',
      { progress: '/n', progressScale: '/of' },
      { body: { status: 'r', n: 1, of: 4 } },
      { progress: { fraction: 0.25 } },
    ],
  ])('is told by %s', async (_, change, answer, expected) => {
    await using upstream = await startFakeUpstream([answer]);
    const success = change.status === '$statusCode' ? { success: [200, 202, 422] } : {};
    await expect(
      poll(upstream.url, 'j1', { poll: { ...change, ...success } }),
    ).resolves.toMatchObject(expected);
  });

  test('is not known where the declaration lists what runs, and the status is none of it', async () => {
    await using upstream = await startFakeUpstream([{ body: { status: 'odd' } }]);
    const change = { poll: { running: ['running'] } };
    await expect(poll(upstream.url, 'j1', change)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: expect.stringContaining('does not say what odd means'),
    });
  });

  test.each<[string, Change['poll'], string]>([
    ['a value twice', { failed: ['done'] }, 'named twice'],
    ['values of no status', { status: undefined }, 'status must say where they stand'],
    ['nothing that means done', { done: [] }, 'at least one'],
    ['a condition that is always met', { done: {} }, 'at least one place'],
  ])('is refused at load for %s', (_, change, sentence) => {
    expect(refusal({ poll: change })).toThrow(sentence);
  });
});

describe('a submit', () => {
  test("that is refused within a 200 is a refusal in the upstream's words", async () => {
    await using upstream = await startFakeUpstream([
      { body: { errors: [{ message: 'no quota' }] } },
    ]);
    const change = {
      submit: { failed: { '/errors': 'present' as const }, error: '/errors/0/message' },
    };
    await expect(submit(upstream.url, change)).rejects.toMatchObject({
      code: 'UPSTREAM_REJECTED',
      message: expect.stringContaining('no quota'),
    });
  });

  test('whose answer is the result at once is asked for no more', async () => {
    await using upstream = await startFakeUpstream([{ body: { output: 42 } }]);
    const change = { submit: { done: { $statusCode: [200] }, result: '/output' } };
    const handle = await submit(upstream.url, change);
    await expect(poll(upstream.url, handle, change)).resolves.toEqual({ done: true, result: 42 });
    expect(upstream.requests).toHaveLength(1);
  });

  const steps = (url: string) => ({
    submit: { steps: [{ url: `${url}/jobs/{handle}/start`, method: 'POST' as const }] },
    cancel: { method: 'DELETE' as const, url: `${url}/jobs/{handle}` },
  });

  test('of several requests sends its key with the first alone', async () => {
    await using upstream = await startFakeUpstream([{ body: { id: 'j1' } }]);
    await expect(submit(upstream.url, steps(upstream.url))).resolves.toBe('j1');
    expect(upstream.requests.map(({ path, idempotencyKey }) => [path, idempotencyKey])).toEqual([
      ['/jobs', 'key-1'],
      ['/jobs/j1/start', null],
    ]);
  });

  test.each<[UpstreamAnswer, UpstreamAnswer, string, string]>([
    [400, 204, 'UPSTREAM_REJECTED', 'was cancelled upstream'],
    [503, 204, 'UPSTREAM_UNAVAILABLE', 'was cancelled upstream'],
    [400, 500, 'OUTCOME_UNKNOWN', 'its cancel was not confirmed'],
  ])(
    'whose second request is answered %p, and whose cancel %p, is %s',
    async (start, cancelled, code, sentence) => {
      await using upstream = await startFakeUpstream(
        routes({
          'POST /jobs': { body: { id: 'j1' } },
          'POST /jobs/j1/start': start,
          'DELETE /jobs/j1': cancelled,
        }),
      );
      await expect(submit(upstream.url, steps(upstream.url))).rejects.toMatchObject({
        code,
        message: expect.stringContaining(sentence),
      });
    },
  );
});

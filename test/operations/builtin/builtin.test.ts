import { describe, expect, test } from '@jest/globals';
import { parseJson } from '../../../src/contract/json/exact-number.ts';
import type { InputResponse } from '../../../src/contract/input.ts';
import { approval } from '../../../src/operations/builtin/approval.ts';
import { builtinOperations } from '../../../src/operations/builtin/index.ts';
import { httpRequest } from '../../../src/operations/builtin/options.ts';
import { createHttpRequest } from '../../../src/operations/builtin/http-request.ts';
import { simulatedBatch } from '../../../src/operations/builtin/simulated-batch.ts';
import { sleep } from '../../../src/operations/builtin/sleep.ts';
import type { Json } from '../../../src/contract/json.ts';
import type { Operation } from '../../../src/operations/operation.ts';
import { resolvePolicy } from '../../../src/operations/policy.ts';
import { createRegistry } from '../../../src/operations/registry.ts';
import { createTestContext, until } from '../../support/operations/context.ts';
import { startFakeUpstream } from '../../support/peers/upstream.ts';

function run({ steps }: Operation, parameters: Json, context = createTestContext()) {
  if (steps.kind !== 'run') throw new Error('not an operation of one attempt');
  return steps.run(parameters, context);
}

test('the built-in operations can be registered', () => {
  const { all } = createRegistry(builtinOperations());
  expect(all.map(({ operation }) => operation.name)).toEqual([
    'approval',
    'batch',
    'http_request',
    'simulated_batch',
    'sleep',
  ]);
});

describe('sleep', () => {
  test('waits, telling how far it is', async () => {
    const context = createTestContext();
    await expect(run(sleep, { seconds: 1.2 }, context)).resolves.toEqual({ slept_seconds: 1.2 });
    expect(context.reports.length).toBeGreaterThanOrEqual(2);
    expect(context.reports[0]).toEqual({ fraction: 0, message: 'slept 0 of 1.2 s' });
  });

  test('fails with the code that was asked for', async () => {
    await expect(run(sleep, { seconds: 0, fail_with: 'RATE_LIMITED' })).rejects.toMatchObject({
      code: 'RATE_LIMITED',
    });
  });

  test('ends with the reason of its signal', async () => {
    const controller = new AbortController();
    const context = createTestContext({ signal: controller.signal });
    const sleeping = run(sleep, { seconds: 3600 }, context);
    await until(() => context.reports.length > 0, 'the first report');
    const reason = new Error('cancelled');
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
  });

  test('of more than ten seconds waits before its attempt, which is told and does not wait again', async () => {
    expect(sleep.accept({ seconds: 10 }).delayMs()).toBe(0);
    expect(sleep.accept({ seconds: 86_400 }).delayMs()).toBe(86_400_000);
    const context = createTestContext({ delayedMs: 86_400_000 });
    await expect(run(sleep, { seconds: 86_400 }, context)).resolves.toEqual({
      slept_seconds: 86_400,
    });
    expect(context.reports).toEqual([]);
  });

  test.each<[Json]>([
    [{}],
    [{ seconds: -1 }],
    [{ seconds: 86_401 }],
    [{ seconds: '1' }],
    [{ seconds: 1, fail_with: 'OOPS' }],
  ])('refuses %j', (parameters) => {
    expect(() => {
      sleep.accept(parameters);
    }).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETERS' }));
  });

  test('may take a day', () => {
    expect(resolvePolicy(sleep.policy, {})).toMatchObject({
      totalMs: 90_000_000,
      attemptMs: 120_000,
    });
    expect(sleep.accept({ seconds: 86_400 }).delayMs()).toBe(86_400_000);
  });
});

describe('simulated_batch', () => {
  const { steps } = simulatedBatch;
  if (steps.kind !== 'job') throw new Error('not a job');
  const look = (startedAt: number, parameters: Json = { items: 200, seconds: 1000 }) =>
    steps.poll({ parameters, handle: { startedAt } }, createTestContext());

  test('begins at the submit', async () => {
    const before = Date.now();
    const { handle } = (await steps.submit({ items: 1 }, createTestContext())) as {
      handle: { startedAt: number };
    };
    expect(handle.startedAt).toBeGreaterThanOrEqual(before);
  });

  test('stands where the time since its start says, in any process', async () => {
    const status = await look(Date.now() - 500_000);
    expect(status).toMatchObject({
      done: false,
      progress: { message: '100 of 200 items processed' },
    });
    await expect(look(Date.now() - 1_000_000)).resolves.toEqual({
      done: true,
      result: { processed: 200, seconds: 1000 },
    });
  });

  test('of no time is done at once', async () => {
    await expect(look(Date.now(), { items: 1, seconds: 0 })).resolves.toMatchObject({ done: true });
  });

  test('can be cancelled', async () => {
    await expect(
      steps.cancel?.({ parameters: { items: 1 }, handle: { startedAt: 0 } }, createTestContext()),
    ).resolves.toBeUndefined();
  });
});

describe('http_request', () => {
  test('reaches nothing until it is allowed, and says how', () => {
    const operation = createHttpRequest([]);
    expect(operation.description).toContain('every call is refused');
    expect(() => {
      operation.accept({ url: 'https://example.com/a' });
    }).toThrow(
      expect.objectContaining({
        code: 'INVALID_PARAMETERS',
        message: expect.stringMatching(
          /https:\/\/example\.com may not be reached: .* adding it to `httpRequest\.allow`/,
        ),
      }),
    );
  });

  test.each([
    ['https://api.example.com.evil.com/'],
    ['https://api.example.com@evil.com/'],
    ['https://evil.com/?https://api.example.com'],
    ['http://api.example.com/'],
    ['https://api.example.com:444/'],
    ['https://me:pw@api.example.com/'],
    ['file:///etc/passwd'],
    ['nonsense'],
  ])('does not mistake %s for an allowed one', (url) => {
    const operation = createHttpRequest(['https://api.example.com']);
    expect(() => {
      operation.accept({ url });
    }).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETERS' }));
    expect(() => {
      operation.accept({ url: 'https://API.example.com:443/x?y' });
    }).not.toThrow();
  });

  test.each([['example.com'], ['https://example.com/path'], ['ftp://example.com'], ['*']])(
    'cannot be allowed %s',
    (origin) => {
      const { error } = httpRequest.safeParse({ allow: [origin] });
      expect(error?.message).toContain('expected an origin such as');
    },
  );

  test('sends what it is told and returns status and body', async () => {
    await using upstream = await startFakeUpstream([{ status: 201, body: { ok: true } }]);
    const operation = createHttpRequest([upstream.url]);
    const parameters = {
      method: 'POST',
      url: `${upstream.url}/a?b=c`,
      headers: { 'X-Key': 'k' },
      body: [1],
    };
    await expect(run(operation, parameters)).resolves.toEqual({
      status: 201,
      content_type: 'application/json',
      body: { ok: true },
    });
    expect(upstream.requests).toMatchObject([
      {
        method: 'POST',
        path: '/a?b=c',
        json: [1],
        idempotencyKey: 'key-1',
        headers: { 'x-key': 'k' },
      },
    ]);
  });

  test.each<[string, object]>([
    ['a line break in a header', { headers: { 'X-Key': 'a\r\nb' } }],
    ['a header of the framing', { headers: { Host: 'evil.com' } }],
    ['the key of somebody else', { headers: { 'Idempotency-KEY': 'bob:pay-2026-12' } }],
    ['a body of GET', { body: {} }],
    ['an unknown field', { timeout: 3 }],
  ])('refuses %s', (_, change) => {
    expect(() => {
      createHttpRequest(['https://x.com']).accept({ url: 'https://x.com/', ...change });
    }).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETERS' }));
  });

  test('hands on every digit of a body, and takes none elsewhere', async () => {
    await using upstream = await startFakeUpstream(({ text }, response) => {
      response.setHeader('content-type', 'application/json').end(text);
      return undefined;
    });
    const operation = createHttpRequest([upstream.url]);
    const body = '{"id":9223372036854775807}';
    const parameters = (more: string) =>
      parseJson(`{"method":"POST","url":"${upstream.url}/",${more}}`) as Json;
    const answer = await run(operation, parameters(`"body":${body}`));
    expect(upstream.requests).toMatchObject([{ text: body }]);
    expect(JSON.stringify(answer)).toContain(`"body":${body}`);
    expect(() => {
      operation.accept(parameters('"headers":9223372036854775807'));
    }).toThrow('/headers: this number has more digits');
  });

  test('is redirected only to what is allowed', async () => {
    await using target = await startFakeUpstream([{ body: 'there' }]);
    await using upstream = await startFakeUpstream([
      { status: 302, headers: { location: `${target.url}/x` } },
    ]);
    const parameters = { url: upstream.url, headers: { 'X-Key': 'k' } };
    await expect(run(createHttpRequest([upstream.url]), parameters)).rejects.toMatchObject({
      code: 'UPSTREAM_REJECTED',
    });
    expect(target.requests).toHaveLength(0);
    const both = createHttpRequest([upstream.url, target.url]);
    await expect(run(both, parameters)).resolves.toMatchObject({ body: 'there' });
    expect(target.requests[0]?.headers).not.toHaveProperty('x-key');
  });
});

describe('approval', () => {
  test('asks its question', async () => {
    const asking = run(approval, { question: 'Pay?' });
    await expect(asking).rejects.toMatchObject({
      name: 'InputRequired',
      requests: { decision: { message: 'Pay?' } },
    });
  });

  test.each<[string, InputResponse, object]>([
    [
      'a yes',
      { action: 'accept', content: { approve: true, comment: 'fine' } },
      { approved: true, comment: 'fine' },
    ],
    ['a no', { action: 'accept', content: { approve: false } }, { approved: false, comment: null }],
    ['a question put aside', { action: 'decline' }, { approved: false, comment: null }],
  ])('tells %s', async (_, decision, result) => {
    const context = createTestContext({ inputResponses: { decision } });
    expect(await run(approval, { question: 'Pay?' }, context)).toEqual(result);
  });
});

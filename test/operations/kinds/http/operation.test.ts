import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../../src/contract/json.ts';
import type { HttpDeclaration } from '../../../../src/operations/kinds/http/declaration.ts';
import { defineHttpOperation } from '../../../../src/operations/kinds/http/operation.ts';
import {
  createTestContext,
  until,
  type ContextOverrides,
} from '../../../support/operations/context.ts';
import { startFakeUpstream } from '../../../support/peers/upstream.ts';

type Change = Partial<Omit<HttpDeclaration, 'request'>> & {
  readonly request?: Partial<HttpDeclaration['request']>;
};

function define(url: string, { request, ...change }: Change = {}) {
  return defineHttpOperation('create_report', {
    kind: 'http',
    description: 'Creates a report.',
    input: {
      properties: { customer: { type: 'string' }, month: { type: 'string' } },
      required: ['customer'],
    },
    request: {
      method: 'POST',
      url,
      body: { customer: '{customer}', month: '{month}' },
      ...request,
    },
    ...change,
  });
}

function run(
  operation: ReturnType<typeof define>,
  context: ContextOverrides = {},
  parameters: Json = { customer: 'acme' },
) {
  if (operation.steps.kind !== 'run') throw new Error('not an operation of one attempt');
  return operation.steps.run(parameters, createTestContext(context));
}

const GET = { request: { method: 'GET', body: undefined } } as const;

describe('an HTTP operation', () => {
  test('sends what is declared and returns the answer', async () => {
    await using upstream = await startFakeUpstream([{ status: 201, body: { id: 'r1' } }]);
    const operation = define(`${upstream.url}/customers/{customer}/reports?m={month}`, {
      request: { headers: { Authorization: 'Bearer ${env:TOKEN}' } },
    });
    await expect(run(operation, { env: { TOKEN: 't0ken' } })).resolves.toEqual({ id: 'r1' });
    expect(upstream.requests).toMatchObject([
      {
        method: 'POST',
        path: '/customers/acme/reports',
        json: { customer: 'acme' },
        idempotencyKey: 'key-1',
        headers: {
          authorization: 'Bearer t0ken',
          'content-type': 'application/json',
          'user-agent': 'longhaul',
        },
      },
    ]);
  });

  test('takes the part of the answer that its pointer names', async () => {
    await using upstream = await startFakeUpstream([{ body: { data: [{ 'a/b': 7 }] } }]);
    await expect(run(define(upstream.url, { response: { result: '/data/0/a~1b' } }))).resolves.toBe(
      7,
    );
    await expect(
      run(define(upstream.url, { response: { result: '/data/1' } })),
    ).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message: expect.stringContaining('answered 200, but its body has nothing at /data/1'),
    });
  });

  test.each<[string, Change['response'], number, string]>([
    ['404', {}, 404, 'UPSTREAM_REJECTED'],
    ['429', {}, 429, 'RATE_LIMITED'],
    ['503', {}, 503, 'UPSTREAM_UNAVAILABLE'],
    ['304', {}, 304, 'UPSTREAM_REJECTED'],
    ['a mapped 409', { errors: { 409: 'OUTCOME_UNKNOWN' } }, 409, 'OUTCOME_UNKNOWN'],
    ['a 202 that is no success', { success: [200] }, 202, 'UPSTREAM_REJECTED'],
  ])('fails for %s with its code', async (_, response, status, code) => {
    await using upstream = await startFakeUpstream([{ status, headers: { 'retry-after': '7' } }]);
    await expect(
      run(define(`${upstream.url}/x?secret=1`, { ...(response && { response }) })),
    ).rejects.toMatchObject({
      code,
      retryAfterMs: 7000,
      message: `POST ${upstream.url}/x answered ${status}`,
      details: { method: 'POST', url: `${upstream.url}/x`, status },
    });
  });

  test('counts what is declared as success', async () => {
    await using upstream = await startFakeUpstream([{ status: 404, body: 'none' }]);
    await expect(run(define(upstream.url, { response: { success: ['2xx', 404] } }))).resolves.toBe(
      'none',
    );
  });

  test('shows at most 1 KiB of a failing answer, and no secret of it', async () => {
    await using upstream = await startFakeUpstream(({ headers }) => ({
      status: 400,
      body: `${'x'.repeat(1019)}${String(headers['x-key'])}${'y'.repeat(100_000)}`,
    }));
    const operation = define(upstream.url, { request: { headers: { 'X-Key': '${env:KEY}' } } });
    const failure: { details: { body: string } } = await run(operation, {
      env: { KEY: 's3cr3t-value' },
    }).then(
      () => Promise.reject(new Error('it did not fail')),
      (error: unknown) => error as never,
    );
    expect(failure.details.body).toMatch(/^x{1019}/);
    expect(Buffer.byteLength(failure.details.body)).toBeLessThanOrEqual(1024);
    expect(JSON.stringify(failure)).not.toContain('s3');
  });

  test('redacts secrets that the upstream echoes, and never puts one into a URL of an error', async () => {
    await using upstream = await startFakeUpstream(({ path, headers }) => ({
      status: path.startsWith('/fail') ? 403 : 200,
      body: {
        path,
        said: headers.authorization,
        list: [{ [String(headers.authorization)]: true }],
      },
    }));
    const change = { request: { headers: { authorization: '${env:TOKEN}' } } };
    const env = { TOKEN: 'very secret/token' };
    const result = await run(define(`${upstream.url}/ok?key=\${env:TOKEN}`, change), { env });
    expect(JSON.stringify(result)).not.toMatch(/secret( |%20|\/)token|very/);
    expect(result).toMatchObject({ said: '[secret env:TOKEN]' });
    const failing = run(define(`${upstream.url}/fail?key=\${env:TOKEN}`, change), { env });
    await expect(
      failing.catch((error: unknown) => JSON.stringify([error, String(error)])),
    ).resolves.not.toContain('very');
  });

  test('fails with INTERNAL where a secret is missing, and sends nothing', async () => {
    await using upstream = await startFakeUpstream([200]);
    const operation = define(upstream.url, { request: { headers: { 'X-Key': '${file:absent}' } } });
    await expect(run(operation)).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('file:absent'),
    });
    expect(upstream.requests).toHaveLength(0);
  });

  test('refuses parameters that cannot be sent before anything starts', async () => {
    const operation = define('http://localhost/{customer}', {
      request: { headers: { 'X-Month': '{month}' } },
    });
    const refusal = expect.objectContaining({ code: 'INVALID_PARAMETERS' });
    expect(() => {
      operation.accept({ customer: '..' });
    }).toThrow(refusal);
    expect(() => {
      operation.accept({ customer: 'a', month: 'x\r\ny' });
    }).toThrow(refusal);
    expect(() => {
      operation.accept({ customer: 'a', colour: 'red' });
    }).toThrow(refusal);
  });

  test('derives its idempotency key from a template', () => {
    const operation = define('http://localhost/', { idempotencyKey: 'report-{customer}-{month}' });
    expect(operation.accept({ customer: 'Acme & Co', month: '2026-05' }).deriveKey()).toBe(
      'report-Acme%20%26%20Co-2026-05',
    );
    expect(operation.accept({ customer: 'acme' }).deriveKey()).toBeNull();
  });

  test('checks the answer against its output schema', async () => {
    await using upstream = await startFakeUpstream([{ body: { id: 7 } }]);
    const output = { type: 'object', properties: { id: { type: 'string' } } };
    await expect(run(define(upstream.url, { output }))).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});

describe('the idempotency key', () => {
  test('is the same for every attempt, and not sent with GET', async () => {
    await using upstream = await startFakeUpstream([503, 200]);
    const operation = define(upstream.url);
    await expect(run(operation, { attempt: 1 })).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    await run(operation, { attempt: 2 });
    await run(define(upstream.url, GET));
    expect(upstream.requests.map(({ idempotencyKey }) => idempotencyKey)).toEqual([
      'key-1',
      'key-1',
      null,
    ]);
    expect([...upstream.countsByKey()]).toEqual([['key-1', 2]]);
  });

  test('can have another header, or none', async () => {
    await using upstream = await startFakeUpstream([200]);
    await run(define(upstream.url, { idempotencyHeader: 'X-Request-Id' }));
    await run(define(upstream.url, { idempotencyHeader: false }));
    expect(upstream.requests.map(({ headers }) => headers['x-request-id'])).toEqual([
      'key-1',
      undefined,
    ]);
    expect(upstream.countsByKey().size).toBe(0);
  });
});

describe('an answer', () => {
  test.each<[string, boolean]>([
    ['announced', true],
    ['not announced', false],
  ])('above the cap, its size %s, is RESULT_TOO_LARGE', async (_, announced) => {
    await using upstream = await startFakeUpstream((_request, response) => {
      response.writeHead(200, {
        'content-type': 'text/plain',
        ...(announced && { 'content-length': 5000 }),
      });
      for (let sent = 0; sent < 5000; sent += 1000) response.write('x'.repeat(1000));
      response.end();
      return undefined;
    });
    await expect(run(define(upstream.url, { response: { maxBytes: 4999 } }))).rejects.toMatchObject(
      {
        code: 'RESULT_TOO_LARGE',
        message: expect.stringContaining(
          announced ? 'with 5000 bytes' : 'with more than 4999 bytes',
        ),
        details: { bytes: announced ? 5000 : null, limit: 4999 },
      },
    );
    await expect(run(define(upstream.url, { response: { maxBytes: 5000 } }))).resolves.toHaveLength(
      5000,
    );
  });

  test('that never ends is not read beyond the cap', async () => {
    await using upstream = await startFakeUpstream(async ({ gone }, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      while (!gone.aborted) {
        response.write('x'.repeat(1000));
        await new Promise((resolve) => setImmediate(resolve));
      }
      return undefined;
    });
    await expect(run(define(upstream.url))).rejects.toMatchObject({ code: 'RESULT_TOO_LARGE' });
    await until(() => upstream.requests[0]?.gone.aborted === true, 'the end of the connection');
  });

  test('to HEAD is null', async () => {
    await using upstream = await startFakeUpstream([{ headers: { 'content-length': '999999' } }]);
    await expect(
      run(define(upstream.url, { request: { method: 'HEAD', body: undefined } })),
    ).resolves.toBeNull();
  });

  test('of bytes is refused with a sentence', async () => {
    await using upstream = await startFakeUpstream([
      { headers: { 'content-type': 'image/png' }, body: 'png' },
    ]);
    await expect(run(define(upstream.url))).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message:
        `POST ${upstream.url}/ answered 200, but its body is image/png, neither JSON nor text, and cannot be a result; ` +
        'the request was taken, so look there before you repeat it',
    });
  });
});

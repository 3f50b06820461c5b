// Files through declared operations: sent as bodies, and made of answers, as streams.
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OperationError } from '../../../../src/contract/errors.ts';
import type { Json } from '../../../../src/contract/json.ts';
import { withoutSecrets } from '../../../../src/operations/kinds/http/file-body.ts';
import type { HttpDeclaration } from '../../../../src/operations/kinds/http/declaration.ts';
import { defineHttpOperation } from '../../../../src/operations/kinds/http/operation.ts';
import { createTestContext, type TestContext } from '../../../support/operations/context.ts';

/** An upstream that takes bytes as they are. */
const startUpstream = async (listener: RequestListener) => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const define = (
  url: string,
  request: Partial<HttpDeclaration['request']> = {},
  response: HttpDeclaration['response'] = {},
) =>
  defineHttpOperation('convert', {
    kind: 'http',
    description: 'Converts a document.',
    input: { properties: { document: {} }, required: ['document'] },
    request: { method: 'POST', url, file: '{document}', ...request },
    response,
  });

const run = (
  operation: ReturnType<typeof define>,
  context: TestContext,
  document: Json,
): Promise<Json> => {
  if (operation.steps.kind !== 'run') throw new Error('not an operation of one attempt');
  return operation.steps.run({ document }, context);
};

const bytes = Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 7) % 256));

describe('a file', () => {
  test('is sent as it is, with its type and length, and the answer becomes one', async () => {
    const seen: unknown[] = [];
    await using upstream = await startUpstream((request, response) => {
      void buffer(request).then((body) => {
        seen.push(request.headers['content-type'], request.headers['content-length'], body);
        response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from(body).reverse());
      });
    });
    const context = createTestContext();
    const document = await context.store([bytes], 'application/pdf');
    const convert = define(upstream.url, {}, { store: true });
    const result = await run(convert, context, document.uri);
    expect(seen).toEqual(['application/pdf', '50000', bytes]);
    expect(result).toMatchObject({ mimeType: 'image/png', size: 50_000 });
    const stored = await context.open(result as never);
    const chunks: Uint8Array[] = [];
    for await (const chunk of stored.read()) chunks.push(chunk);
    expect(Buffer.concat(chunks)).toEqual(Buffer.from(bytes).reverse());
    // The result of one task is the parameter of another, as it stands.
    await expect(run(convert, context, result)).resolves.toMatchObject({ size: 50_000 });
  });

  test('is sent again where a redirect keeps the request', async () => {
    const lengths: number[] = [];
    await using upstream = await startUpstream((request, response) => {
      void buffer(request).then(({ length }) => {
        lengths.push(length);
        if (request.url === '/') response.writeHead(307, { location: '/there' }).end();
        else response.writeHead(200, { 'content-type': 'text/plain' }).end('done');
      });
    });
    const context = createTestContext();
    const { uri } = await context.store([bytes]);
    await expect(run(define(upstream.url), context, uri)).resolves.toBe('done');
    expect(lengths).toEqual([50_000, 50_000]);
  });

  test.each([['longhaul://files/nope'], ['https://example.com'], [7], [{ uri: 'x' }]])(
    'that is none (%j) is refused before anything is started',
    (document) => {
      expect(() => {
        define('http://127.0.0.1:1/').accept({ document });
      }).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETERS' }));
    },
  );

  test('that is not there fails the task, and nothing is sent', async () => {
    let requests = 0;
    await using upstream = await startUpstream((_, response) => {
      requests += 1;
      response.end();
    });
    const missing = `longhaul://files/${'0'.repeat(64)}`;
    await expect(run(define(upstream.url), createTestContext(), missing)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
    expect(requests).toBe(0);
  });

  test.each([
    ['a GET request', { method: 'GET' }, {}, /sends no file/],
    ['a body beside it', { body: { a: 1 } }, {}, /not both/],
    ['more than a parameter', { file: 'x{document}' }, {}, /expected one parameter/],
    ['an unknown parameter', { file: '{other}' }, {}, /other/],
    [
      'a part of a stored answer',
      {},
      { store: true, result: '/a' },
      /neither result nor pages can name a part/,
    ],
  ] as const)('cannot be declared with %s', (_, request, response, message) => {
    expect(() => define('http://127.0.0.1:1/', request, response)).toThrow(message);
  });
});

describe('an answer that becomes a file', () => {
  const store = async (
    listener: RequestListener,
    context: TestContext = createTestContext(),
  ): Promise<Json> => {
    await using upstream = await startUpstream(listener);
    const { uri } = await context.store([Buffer.from('x')]);
    const headers = { authorization: 'Bearer ${env:TOKEN}' };
    return await run(define(upstream.url, { headers }, { store: true }), context, uri);
  };
  const withToken = (more = {}) => createTestContext({ env: { TOKEN: 's3cret-token' }, ...more });

  test('may be larger than answers that are read, and of any type', async () => {
    const context = withToken();
    await expect(
      store((_, response) => response.end(Buffer.alloc(100_000)), context),
    ).resolves.toMatchObject({ size: 100_000, mimeType: 'application/octet-stream' });
    await expect(
      store((_, response) => response.end(Buffer.alloc(100_001)), context),
    ).rejects.toMatchObject({ code: 'RESULT_TOO_LARGE' });
  });

  test('fails like any other where the status says so', async () => {
    const refused = store((_, response) => response.writeHead(422).end('no'), withToken());
    await expect(refused).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED' });
  });

  test('that broke off is none, and the request may have taken effect', async () => {
    const broken = store((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('half');
      setImmediate(() => response.destroy());
    }, withToken());
    await expect(broken).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  test('that cannot be stored leaves the outcome open, as the request took effect', async () => {
    const full = new OperationError('STORAGE_UNAVAILABLE', 'the disk is full');
    const context = withToken();
    const unstorable = { ...context, store: async () => Promise.reject(full) };
    await using upstream = await startUpstream((_, response) => response.end('done'));
    const { uri } = await context.store([Buffer.from('x')]);
    await expect(
      run(define(upstream.url, {}, { store: true }), unstorable, uri),
    ).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message: expect.stringContaining('it was accepted'),
    });
  });

  test('must not hold a secret that was sent, wherever it is cut', async () => {
    await expect(
      store(
        (request, response) => response.end(`you said ${String(request.headers.authorization)}`),
        withToken(),
      ),
    ).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await fc.assert(
      fc.asyncProperty(
        fc.string({ maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        async (before, cuts) => {
          const whole = Buffer.from(`${before}s3cret-token and more`);
          const chunks: Buffer[] = [];
          for (let from = 0, n = 0; from < whole.length; n += 1) {
            const to = from + cuts[n % cuts.length]!;
            chunks.push(whole.subarray(from, to));
            from = to;
          }
          const drain = async (secret: string) => {
            const stream = withoutSecrets(toStream(chunks), [secret], 'there');
            while (!(await stream.next()).done);
          };
          await expect(drain('s3cret-token')).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED' });
          await expect(drain('another-token')).resolves.toBeUndefined();
        },
      ),
    );
  });
});

async function* toStream(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Promise.resolve(chunk);
}

// What upstreams can answer, and what templates can be filled with, at random: a result or an error of the table comes of
// it, never a defect, and no secret comes back with it.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isErrorCode, OperationError } from '../../../../src/contract/errors.ts';
import type { Json } from '../../../../src/contract/json.ts';
import { defineHttpJob } from '../../../../src/operations/kinds/http-job/job.ts';
import { defineHttpOperation } from '../../../../src/operations/kinds/http/operation.ts';
import { parseTemplate } from '../../../../src/operations/kinds/template/template.ts';
import { parseUrlTemplate } from '../../../../src/operations/kinds/http/url-template.ts';
import { createTestContext } from '../../../support/operations/context.ts';
import {
  deepText,
  headerText,
  hostileJson,
  hostileText,
} from '../../../support/operations/hostile-values.ts';

const SECRET = 'what-only-the-upstream-may-know';
const RUNS = { numRuns: 120, timeout: 100_000, interruptAfterTimeLimit: 60_000 };
const context = () => createTestContext({ env: { SECRET } });

let server: Server;
let answer: Buffer;
let url: string;
beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answer));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const headers = { authorization: 'Bearer ${env:SECRET}' };
const getOf = () =>
  defineHttpOperation('probe', {
    kind: 'http',
    description: 'Asks.',
    request: { url: `${url}/a`, headers },
  });
const jobOf = () =>
  defineHttpJob('probe_job', {
    kind: 'http_job',
    description: 'Asks.',
    submit: { url: `${url}/jobs`, headers, body: {}, handle: '/id' },
    poll: {
      url: `${url}/jobs/{handle}`,
      headers,
      status: '/state',
      done: ['done', null],
      failed: [false],
    },
  });

/** Fails unless a promise comes to JSON, or to an error of the table, without the secret. */
async function judge(exchange: Promise<unknown>): Promise<void> {
  const { result, error } = await exchange.then(
    (value) => ({ result: value, error: null }),
    (thrown: unknown) => ({ result: null, error: thrown }),
  );
  if (error !== null) {
    expect(error).toBeInstanceOf(OperationError);
    const { code, message, details = null } = error as OperationError;
    expect(isErrorCode(code)).toBe(true);
    expect(code).not.toBe('INTERNAL');
    expect(message.length).toBeLessThan(2_000);
    expect(`${message}${JSON.stringify(details)}`).not.toContain(SECRET);
    expect(JSON.stringify(details).length).toBeLessThan(10_000);
  }
  expect(JSON.stringify(result)).not.toContain(SECRET);
}

/** What a function throws; `null` when nothing. */
function refusalOf(run: () => unknown): Error | null {
  try {
    run();
    return null;
  } catch (error) {
    return error as Error;
  }
}

const NAMES = [
  'content-type',
  'content-encoding',
  'content-length',
  'transfer-encoding',
  'location',
  'retry-after',
  'set-cookie',
  'connection',
  'upgrade',
  'trailer',
];
const VALUES = [
  'application/json',
  'application/json; charset=utf-16le',
  'text/plain; charset=nonsense',
  'application/problem+json',
  'text/event-stream',
  'gzip',
  'chunked',
  '5',
  '-1',
  '99999999999999999999',
  '/elsewhere',
  'http://[::1',
  'javascript:alert(1)',
  '//evil.example/',
  'Wed, 21 Oct 2099 07:28:00 GMT',
  'close',
  'websocket',
  SECRET,
];
const field = fc
  .tuple(fc.constantFrom(...NAMES), fc.oneof(fc.constantFrom(...VALUES), headerText))
  .map(([name, value]) => `${name}: ${value}\r\n`);
const body = fc.oneof(
  hostileJson.map((value) => Buffer.from(JSON.stringify(value))),
  fc
    .record({ id: hostileJson, state: hostileJson })
    .map((value) => Buffer.from(JSON.stringify(value))),
  deepText.map((text) => Buffer.from(text)),
  deepText.map((text) => Buffer.from(`{"id":${text},"state":${text}}`)),
  hostileText.map((text) => Buffer.from(`{"id":"${SECRET}","state":"${SECRET}${text}"}`)),
  fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(Buffer.alloc(300_000, 'x')),
);
const status = fc.oneof(
  fc.constantFrom(
    200,
    201,
    204,
    206,
    301,
    302,
    303,
    304,
    307,
    308,
    400,
    401,
    409,
    418,
    429,
    500,
    503,
  ),
  fc.integer({ min: 100, max: 999 }),
);
const wholeAnswer = fc
  .tuple(status, fc.array(field, { maxLength: 4 }), body)
  .map(([code, fields, content]) =>
    Buffer.concat([
      Buffer.from(`HTTP/1.1 ${code} Whatever\r\n${fields.join('')}\r\n`, 'latin1'),
      content,
    ]),
  );
const rawAnswer = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.tuple(wholeAnswer, fc.nat(400)).map(([whole, at]) => whole.subarray(0, at)),
  hostileText.map((text) => Buffer.from(`HTTP/1.1 200 OK\r\nx: ${text}\r\n\r\n`)),
  fc.constant(Buffer.from(`HTTP/1.1 200 OK\r\n${'x-many: headers\r\n'.repeat(5_000)}\r\n`)),
);

describe('an upstream', () => {
  test.each([
    ['a request', wholeAnswer],
    ['a request, not in HTTP', rawAnswer],
  ])('that answers %s with anything', async (_, answers) => {
    const { steps } = getOf();
    const property = fc.asyncProperty(answers, async (bytes) => {
      answer = bytes;
      await judge(steps.kind === 'run' ? steps.run({}, context()) : Promise.resolve());
    });
    await fc.assert(property, RUNS);
  });

  test('that answers a submit or a poll with anything', async () => {
    const { steps } = jobOf();
    if (steps.kind !== 'job') throw new Error('expected a job');
    const property = fc.asyncProperty(wholeAnswer, hostileText, async (bytes, handle) => {
      answer = bytes;
      await judge(steps.submit({}, context()));
      await judge(steps.poll({ parameters: {}, handle }, context()));
    });
    await fc.assert(property, RUNS);
  });
});

describe('a template', () => {
  const text = fc.oneof(
    hostileText,
    fc
      .array(
        fc.oneof(
          fc.constantFrom(
            '{a}',
            '{a.b}',
            '{',
            '}',
            '{{',
            '}}',
            '$',
            '${',
            '${env:SECRET}',
            '${file:/x}',
          ),
          hostileText,
        ),
        { maxLength: 8 },
      )
      .map((parts) => parts.join('')),
  );

  test('is read, or refused with a sentence', () => {
    fc.assert(
      fc.property(text, (source) => {
        for (const parse of [
          parseTemplate,
          (given: string) => parseUrlTemplate(`https://example.com/${given}`, {}),
        ]) {
          const refusal = refusalOf(() => parse(source));
          expect(refusal ?? new TypeError()).toBeInstanceOf(TypeError);
          expect(refusal?.message ?? '').not.toMatch(/Cannot read|is not a function/);
        }
      }),
    );
  });

  test('filled with anything makes a request, or refuses the parameters', async () => {
    const operation = defineHttpOperation('probe', {
      kind: 'http',
      description: 'Sends.',
      input: { properties: { a: {}, b: {} }, required: ['a'] },
      request: {
        method: 'POST',
        url: 'https://example.com/x/{a}/y?q={b}&r={a}',
        headers: { 'x-b': '{b}' },
        body: { a: '{a}', text: 'for {b}' },
      },
    });
    fc.assert(
      fc.property(
        fc.oneof(hostileJson, hostileText),
        fc.oneof(hostileJson, hostileText),
        (a: Json, b: Json) => {
          const refusal = refusalOf(() => {
            operation.accept({ a, b });
          });
          expect(refusal ?? { code: 'INVALID_PARAMETERS' }).toMatchObject({
            code: 'INVALID_PARAMETERS',
          });
          expect(refusal?.message.length ?? 0).toBeLessThan(2_000);
        },
      ),
    );
  });
});

// What a declaration may say of callbacks, and which of them are believed.
import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../../src/contract/json.ts';
import type { CallbackTaken, JobSteps } from '../../../../src/operations/operation.ts';
import { defineHttpJob } from '../../../../src/operations/kinds/http-job/job.ts';
import type { HttpJobDeclaration } from '../../../../src/operations/kinds/http-job/job-declaration.ts';
import { createTestContext } from '../../../support/operations/context.ts';

type Callback = NonNullable<HttpJobDeclaration['callback']>;

const SECRET = `whsec_${Buffer.from('0123456789abcdefghijklmnop').toString('base64')}`;

function define(callback: Callback | undefined, change: Partial<HttpJobDeclaration> = {}) {
  return defineHttpJob('job', {
    kind: 'http_job',
    description: 'for tests',
    submit: { url: 'https://api.example.com/jobs', body: { hook: '{callback_url}' } },
    ...(callback && { callback }),
    ...change,
  });
}

async function take(
  callback: Callback,
  body: string,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
): Promise<CallbackTaken> {
  const steps = define(callback).steps as JobSteps;
  const received = { token: 't', receivedAt: 1_700_000_000_000, headers, body };
  const job = { parameters: {}, handle: null };
  return steps.callback!.take(job, received, createTestContext({ env: { SECRET } }));
}

describe('is refused at load:', () => {
  const poll = { url: 'https://api.example.com/jobs/1', status: '/s', done: ['done'] };
  const handle = {
    url: 'https://api.example.com/jobs',
    body: { hook: '{callback_url}' },
    handle: '/id',
  };
  test.each<[string, () => unknown, string]>([
    [
      'neither poll nor callback',
      () => define(undefined, { submit: { ...handle, body: {} } }),
      'expected poll, callback or both',
    ],
    [
      'a submit that sends no address',
      () => define({}, { submit: { ...handle, body: {} } }),
      'no request of submit sends {callback_url}',
    ],
    [
      'a look without a poll',
      () => define({ verify: { type: 'look' } }),
      'verify: look needs poll',
    ],
    [
      'a look that is told the status as well',
      () => define({ status: '/s' }, { poll, submit: handle }),
      'poll says how the job stands',
    ],
    ['values without a status', () => define({ done: ['ok'] }), 'status must say where they stand'],
    [
      'a secret that is written down',
      () => define({ verify: { type: 'standardWebhooks', secret: SECRET } }),
      'never written down',
    ],
  ])('%s', (_, load, sentence) => {
    expect(load).toThrow(sentence);
  });

  test('a request after the submit that names the address', () => {
    const late = { ...poll, url: 'https://api.example.com/{callback_url}' };
    expect(() => define({}, { poll: late, submit: handle })).toThrow('callback_url');
  });
});

describe('a signature', () => {
  const body = '{"a":1}';
  const sent = 1_700_000_000;
  const sign = (key: string, at = sent, of = body): Record<string, string> => ({
    'content-type': 'application/json',
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(at),
    'webhook-signature': `v1,${createHmac('sha256', Buffer.from(key.slice(6), 'base64'))
      .update(`msg_1.${at}.${of}`)
      .digest('base64')}`,
  });
  const standard = { verify: { type: 'standardWebhooks', secret: 'env:SECRET' } } as const;

  test('of Standard Webhooks is believed, also among others', async () => {
    const taken = { result: { a: 1 } };
    await expect(take(standard, body, sign(SECRET))).resolves.toEqual(taken);
    const { 'webhook-signature': right, ...rest } = sign(SECRET);
    const two = { ...rest, 'webhook-signature': `v1,AAAA ${right}` };
    await expect(take(standard, body, two)).resolves.toEqual(taken);
  });

  test.each<[string, Record<string, string>]>([
    ['of another key', sign('whsec_AAAA')],
    ['of another body', sign(SECRET, sent, '{}')],
    ['of an hour ago', sign(SECRET, sent - 3_600)],
    ['of the future', sign(SECRET, sent + 3_600)],
    ['that is missing', { 'content-type': 'application/json' }],
  ])('%s is passed over', async (_, headers) => {
    await expect(take(standard, body, headers)).resolves.toEqual({
      passedOver: expect.any(String),
    });
  });

  test('whose secret cannot be read is passed over', async () => {
    const lost = { verify: { type: 'standardWebhooks', secret: 'env:LOST' } } as const;
    await expect(take(lost, body, sign(SECRET))).resolves.toEqual({
      passedOver: expect.stringContaining('env:LOST'),
    });
  });

  test.each([
    ['sha1', 'hex'],
    ['sha512', 'base64'],
  ] as const)('by %s as %s is believed', async (algorithm, encoding) => {
    const verify = {
      type: 'hmac',
      header: 'X-Sign',
      secret: 'env:SECRET',
      algorithm,
      encoding,
    } as const;
    const signature = createHmac(algorithm, SECRET).update(body).digest(encoding);
    await expect(take({ verify }, body, { 'x-sign': signature })).resolves.toEqual({
      result: { a: 1 },
    });
  });
});

describe('a body', () => {
  test.each<[string, string, string, Json]>([
    ['JSON', 'application/json', '{"id":9007199254740993,"out":[1]}', [1]],
    ['a form', 'application/x-www-form-urlencoded', 'state=ok&out=a+b', 'a b'],
  ])('that is %s is read', async (_, type, body, result) => {
    await expect(take({ result: '/out' }, body, { 'content-type': type })).resolves.toEqual({
      result,
    });
  });

  test('with numbers of many digits keeps them', async () => {
    const taken = await take({}, '{"id":9007199254740993}');
    expect(JSON.stringify(taken)).toBe('{"result":{"id":9007199254740993}}');
  });

  test.each(['{', '<html>', ''])('that is %j says nothing of a status', async (body) => {
    const callback = { status: '/state', done: ['ok'], failed: ['bad'] };
    await expect(take(callback, body)).resolves.toEqual({ passedOver: expect.any(String) });
  });

  test('that says done without a result says that the job ran', async () => {
    const callback = { status: '/state', done: ['ok'], result: '/out' };
    await expect(take(callback, '{"state":"ok"}')).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
  });
});

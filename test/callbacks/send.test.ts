import type { LookupAddress } from 'node:dns';
import { describe, expect, test } from '@jest/globals';
import type { CallbackSettings } from '../../src/callbacks/options.ts';
import { createCallbackRules } from '../../src/callbacks/rules.ts';
import { createSender, type SenderOptions } from '../../src/callbacks/send.ts';
import type { SendInput } from '../../src/contract/workflow/callback.ts';
import {
  NEW_SECRET,
  SECRET,
  startReceiver,
  toSettings,
  verify,
  type Receiver,
} from '../support/peers/callback-receiver.ts';
import { startFakeUpstream, type UpstreamAnswer } from '../support/peers/upstream.ts';

const task = { workflowId: 'local:key', runId: '', principal: 'local', operation: 'refund' };
const event = { id: 'msg_1', body: '{"type":"task.completed"}', requested: false };
const never = new AbortController().signal;

/** Sends to a receiver, as often as the test says. */
function toSend(
  receiver: Pick<Receiver, 'url'>,
  settings: Partial<CallbackSettings> = {},
  options: Partial<SenderOptions> = {},
) {
  const send = createSender({
    rules: createCallbackRules({ ...toSettings(receiver), ...settings }, () => []),
    secret: async (reference) => reference,
    userAgent: 'longhaul/test',
    ...options,
  });
  return async (change: Partial<SendInput> = {}, signal = never) =>
    send({ task, url: `${receiver.url}/hook?token=hidden`, ...event, ...change }, signal);
}

describe('an attempt', () => {
  test('is a signed POST of the body, which the receiver verifies', async () => {
    await using receiver = await startReceiver();
    expect(await toSend(receiver)()).toEqual({ kind: 'delivered', status: 204 });
    const [request] = receiver.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/hook?token=hidden', text: event.body });
    expect(request!.headers).toMatchObject({
      'webhook-id': 'msg_1',
      'content-type': 'application/json',
      'user-agent': 'longhaul/test',
    });
    expect(verify(request!)).toEqual({ type: 'task.completed' });
  });

  test('is signed with both secrets while they are rotated', async () => {
    await using receiver = await startReceiver();
    await toSend(receiver, { secrets: [NEW_SECRET, SECRET] })();
    for (const secret of [NEW_SECRET, SECRET]) {
      expect(verify(receiver.requests[0]!, secret)).toEqual({ type: 'task.completed' });
    }
  });

  test.each<[string, UpstreamAnswer, object]>([
    ['200', 200, { kind: 'delivered', status: 200 }],
    ['299', 299, { kind: 'delivered', status: 299 }],
    ['404', 404, { kind: 'failed', reason: 'answered 404' }],
    ['410', 410, { kind: 'gone', status: 410 }],
    ['500', 500, { kind: 'failed', reason: 'answered 500' }],
    [
      '503 with a time',
      { status: 503, headers: { 'retry-after': '7' } },
      { kind: 'failed', reason: 'answered 503', retryAfterMs: 7_000 },
    ],
  ])('that is answered with %s ends so', async (_, answer, end) => {
    await using receiver = await startReceiver([answer]);
    expect(await toSend(receiver)()).toEqual(end);
  });

  test('follows no redirect, not even to the same origin', async () => {
    await using receiver = await startReceiver([{ status: 307, headers: { location: '/other' } }]);
    expect(await toSend(receiver)()).toMatchObject({ kind: 'failed', reason: /redirects/ });
    expect(receiver.requests).toHaveLength(1);
  });

  test('reads no more of an answer than its head needs', async () => {
    await using receiver = await startFakeUpstream((_, response) => {
      response.writeHead(200);
      const more = () => {
        while (response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
      return undefined;
    });
    expect(await toSend(receiver)()).toEqual({ kind: 'delivered', status: 200 });
  });

  test('that finds nobody fails, and does not tell the address', async () => {
    const receiver = await startReceiver();
    await receiver[Symbol.asyncDispose]();
    const end = await toSend(receiver)();
    expect(end).toEqual({
      kind: 'failed',
      reason: 'no connection, or a broken one (ECONNREFUSED)',
    });
  });

  test('ends with the worker', async () => {
    await using receiver = await startFakeUpstream(async () => new Promise(() => undefined));
    const stopping = new AbortController();
    const attempt = toSend(receiver)({}, stopping.signal);
    setTimeout(() => {
      stopping.abort(new Error('the worker shuts down'));
    }, 50);
    await expect(attempt).rejects.toThrow('the worker shuts down');
  });
});

describe('a receiver that answered 410', () => {
  test('is not tried again, unless somebody asks for it', async () => {
    await using receiver = await startReceiver([410, 204]);
    const send = toSend(receiver);
    expect(await send()).toMatchObject({ kind: 'gone' });
    expect(await send({ id: 'msg_2' })).toMatchObject({ kind: 'gone' });
    expect(receiver.requests).toHaveLength(1);
    expect(await send({ requested: true })).toMatchObject({ kind: 'delivered' });
    expect(await send({ id: 'msg_3' })).toMatchObject({ kind: 'delivered' });
  });
});

describe('nothing is sent', () => {
  test('to an address that is not allowed any more', async () => {
    await using receiver = await startReceiver();
    expect(await toSend(receiver, { allow: [] })()).toMatchObject({ reason: /callbacks\.allow/ });
    expect(receiver.requests).toHaveLength(0);
  });

  test.each([
    ['there is none', [], 'no secret'],
    ['it is no secret', ['hidden'], 'expected whsec_'],
    ['one of two is none', [SECRET, ''], 'expected whsec_'],
  ])('without a secret to sign with: %s', async (_, secrets, reason) => {
    await using receiver = await startReceiver();
    const secret = async (reference: string) => (reference === 'hidden' ? 'whsec_x' : reference);
    expect(await toSend(receiver, { secrets }, { secret })()).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining(reason),
    });
    expect(receiver.connections()).toBe(0);
  });

  test.each([
    '127.0.0.1',
    '0.0.0.0',
    '[::1]',
    '[::ffff:10.1.2.3]',
    '[64:ff9b::a01:203]',
    '10.1.2.3',
    '100.64.1.2',
    '169.254.169.254',
  ])('to the private address %s, though the host is allowed', async (host) => {
    const url = `https://${host}:8443`;
    const send = toSend({ url }, { allowPrivate: [] });
    expect(await send()).toMatchObject({ kind: 'failed', reason: /not public/ });
  });

  test('to a name that leads to a private address', async () => {
    const url = 'https://localhost:8443';
    expect(await toSend({ url }, { allowPrivate: [] })()).toMatchObject({ reason: /not public/ });
  });

  test('to a name that changes its address between the check and the connection', async () => {
    await using receiver = await startReceiver();
    const { port } = new URL(receiver.url);
    const url = `http://rebinding.example:${port}`;
    const looks: string[] = [];
    // Whoever asked once for the check and once for the connection would connect to the second address.
    const resolve: SenderOptions['resolve'] = (hostname, _, callback) => {
      looks.push(hostname);
      const address = looks.length === 1 ? '127.0.0.1' : '127.0.0.9';
      callback(null, [{ address, family: 4 } satisfies LookupAddress]);
    };
    const allowPrivate = ['rebinding.example'];
    expect(await toSend({ url }, { allowPrivate }, { resolve })()).toMatchObject({
      kind: 'delivered',
    });
    expect(looks).toEqual(['rebinding.example']);
    const secure = { url: url.replace('http:', 'https:') };
    expect(await toSend(secure, { allowPrivate: [] }, { resolve })()).toMatchObject({
      kind: 'failed',
      reason: /not public/,
    });
    expect(looks).toHaveLength(2);
    expect(receiver.connections()).toBe(1);
  });
});

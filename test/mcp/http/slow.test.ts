// Senders that are slow, and many of them: what they hold is bounded, and nobody who waits for an answer is cut off.
import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { ARRIVAL_LIMITS, type ArrivalLimits } from '../../../src/mcp/http/slow.ts';
import { createFiles } from '../../../src/storage/files.ts';
import {
  LIST,
  modernHeaders,
  send,
  startGateway,
  toModern,
  type Running,
} from '../../support/gateways/http-gateway.ts';
import { createMemoryStore } from '../../support/peers/memory-store.ts';

/** A POST whose body never ends. */
function trickle(url: string): ClientRequest {
  const headers = { ...modernHeaders, 'content-type': 'application/json' };
  const sent = request(url, { method: 'POST', agent: false, headers }).on('error', () => undefined);
  sent.write('{"jsonrpc":');
  return sent;
}

/** A wait on a connection of its own, and what ends it. */
const startWait = async (running: Running) => {
  const { task } = await running.tasks.start(
    { principal: 'local' },
    { operation: 'sleep', parameters: { seconds: 1 } },
  );
  const name = 'resolve_task_status';
  const args = { task_ref: task.taskRef, wait_seconds: 20 };
  const answer = send(running.url, {
    body: toModern('tools/call', { name, arguments: args }),
    headers: { ...modernHeaders, 'mcp-name': name },
  });
  await running.tasks.whenWaiting();
  return async () => {
    running.tasks.set(task.taskRef, { status: 'completed', result: 1, attempt: 1 });
    return JSON.parse((await answer).text) as unknown;
  };
};
const DONE = { result: { structuredContent: { done: true } } };

describe('a body that does not end', () => {
  test('is answered 408, and the connection is closed', async () => {
    await using running = await startGateway({ arrival: { messageMs: 50 } });
    const sent = trickle(running.url);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    expect(response).toMatchObject({ statusCode: 408, headers: { connection: 'close' } });
    await once(sent, 'close');
  });

  test('ends the connection where the request was refused before', async () => {
    await using running = await startGateway({ arrival: { messageMs: 50 } });
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
    const head = ['POST /sse HTTP/1.1', 'Host: localhost', 'Content-Length: 100', '', '{'];
    socket.write(head.join('\r\n'));
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 404 /);
  });

  test('is no wait: a call that was sent whole is answered, however long it takes', async () => {
    await using running = await startGateway({ arrival: { messageMs: 50 } });
    const finish = await startWait(running);
    await sleep(200);
    expect(await finish()).toMatchObject(DONE);
  });
});

describe('headers that do not end', () => {
  test('are answered 408, and the connection is closed', async () => {
    await using running = await startGateway({ arrival: { headersMs: 50, checkMs: 20 } });
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
    socket.write('POST /mcp HTTP/1.1\r\nHost: localhost\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe('a file', () => {
  const start = async (arrival: Partial<ArrivalLimits>) => {
    const files = createFiles({ store: createMemoryStore().store, maxBytes: 50_000_000 });
    const running = await startGateway({ arrival }, { files });
    const dispose = async () => running[Symbol.asyncDispose]();
    return { files, url: running.url.replace(/mcp$/, 'files'), [Symbol.asyncDispose]: dispose };
  };
  /** Sends a part again and again, and tells how the connection ended. */
  const upload = async (url: string, everyMs: number) => {
    const sent = request(url, { method: 'POST', agent: false });
    const end = new Promise<string>((resolve) => {
      sent.once('response', ({ statusCode }) => {
        resolve(String(statusCode));
      });
      sent.once('error', ({ message }) => {
        resolve(message);
      });
    });
    sent.write('part');
    const timer = setInterval(() => sent.write('part'), everyMs);
    return end.finally(() => {
      clearInterval(timer);
      sent.destroy();
    });
  };

  test('that stands still on its way up breaks off', async () => {
    await using gateway = await start({ stalledMs: 100 });
    expect(await upload(gateway.url, 3_600_000)).toBe('socket hang up');
  });

  test('that nobody takes on its way down breaks off', async () => {
    await using gateway = await start({ stalledMs: 100 });
    const content = [Buffer.alloc(49_000_000)]; // more than two sockets hold, which may be 36 MB
    const { uri, size } = await gateway.files.write('local', content, 'text/plain');
    const got = request(`${gateway.url}/${uri.split('/').at(-1)!}`, { agent: false }).end();
    const [response] = (await once(got, 'response')) as [IncomingMessage];
    expect(response.headers['content-length']).toBe(String(size));
    response.pause();
    await sleep(1_000); // the socket is full; its end shows when the rest of what is in it is read
    await expect(text(response)).rejects.toThrow('aborted');
  });

  test('that never ends breaks off, though it goes on', async () => {
    await using gateway = await start({ fileMs: 300, headersMs: 200, checkMs: 20 });
    expect(await upload(gateway.url, 10)).toBe('408');
  });
});

test('half a minute for headers and for messages, an hour for a file, a minute without a byte', () => {
  const { headersMs, messageMs, fileMs, stalledMs } = ARRIVAL_LIMITS;
  expect([headersMs, messageMs, fileMs, stalledMs]).toEqual([30_000, 30_000, 3_600_000, 60_000]);
});

describe('connections', () => {
  test('above the limit are closed, said once, and those that are served go on', async () => {
    await using running = await startGateway({ maxConnections: 2 });
    const finish = await startWait(running);
    const held = trickle(running.url);
    await once(held, 'socket').then(async ([socket]) => once(socket as never, 'connect'));
    const call = async () => send(running.url, { body: LIST, headers: modernHeaders });
    await expect(call()).rejects.toThrow();
    await expect(call()).rejects.toThrow();
    expect(running.errors).toMatchObject([{ maxConnections: 2 }]);
    expect(await finish()).toMatchObject(DONE);
    held.destroy();
    const isServed = async () => (await call()).status === 200;
    while (!(await isServed().catch(() => false)));
  });
});

// An answer of the web on a response of Node's: whole, and let go of where nobody reads it.
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { sendWebResponse } from '../../../src/mcp/http/web.ts';

/** A caller of a server that answers as `answer` does. */
async function call(answer: (response: ServerResponse) => Promise<void>) {
  const server = createServer();
  const arrived = once(server, 'request');
  const answered = arrived.then(async ([, response]) => answer(response as ServerResponse));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const request = get({ port: (server.address() as AddressInfo).port, agent: false });
  const received = once(request, 'response').then(([message]) => message as IncomingMessage);
  received.catch(() => undefined);
  return {
    request,
    received,
    arrived,
    answered,
    [Symbol.asyncDispose]: async () => {
      request.on('error', () => undefined).destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A body of pieces as they are asked for, that says when it is let go of. */
function toBody(pieces: number, onCancel: () => void, size = 65_536) {
  let given = 0;
  return new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (given++ < pieces) controller.enqueue(new Uint8Array(size).fill(97));
      else controller.close();
    },
    cancel: onCancel,
  });
}

test('what is larger than a socket takes at once arrives whole', async () => {
  await using caller = await call(async (response) =>
    sendWebResponse(
      response,
      new Response(
        toBody(64, () => undefined),
        { status: 201 },
      ),
    ),
  );
  const message = await caller.received;
  expect(message.statusCode).toBe(201);
  expect(await text(message)).toHaveLength(64 * 65_536);
});

test('a body that fails cuts the answer off', async () => {
  await using caller = await call(async (response) => {
    const body = new ReadableStream({
      pull: (controller) => {
        controller.error(new Error('broken'));
      },
    });
    await sendWebResponse(response, new Response(body));
  });
  caller.request.on('error', () => undefined);
  await caller.answered;
  await expect(caller.received.then(text)).rejects.toThrow();
});

test('a caller that has gone before the answer is there is no longer waited for', async () => {
  let cancels = 0;
  await using caller = await call(async (response) => {
    await once(response, 'close');
    await sendWebResponse(response, new Response(toBody(64, () => (cancels += 1))));
  });
  caller.request.on('error', () => undefined);
  await caller.arrived;
  caller.request.destroy();
  await caller.answered;
  expect(cancels).toBe(1);
});

test('nor is one that goes while it reads', async () => {
  let cancels = 0;
  await using caller = await call(async (response) =>
    sendWebResponse(response, new Response(toBody(Infinity, () => (cancels += 1)))),
  );
  const message = await caller.received;
  message.on('error', () => undefined);
  await once(message, 'readable');
  message.destroy();
  await caller.answered;
  expect(cancels).toBe(1);
});

// What happens to the connection under an operation: real sockets that break, stall and redirect.
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { defineHttpOperation } from '../../../../src/operations/kinds/http/operation.ts';
import type { Method } from '../../../../src/operations/kinds/http/exchange-declaration.ts';
import {
  createTestContext,
  until,
  type ContextOverrides,
} from '../../../support/operations/context.ts';
import { startFakeUpstream } from '../../../support/peers/upstream.ts';

function send(url: string, method: Method, context: ContextOverrides = {}, idempotent?: boolean) {
  const { steps } = defineHttpOperation('probe', {
    kind: 'http',
    description: 'Sends a request.',
    request: { method, url, headers: { 'X-Key': 'mine' } },
    ...(idempotent !== undefined && { idempotent }),
  });
  if (steps.kind !== 'run') throw new Error('not an operation of one attempt');
  return steps.run({}, createTestContext(context));
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a connection', () => {
  test.each<[Method]>([['GET'], ['POST']])(
    'that is refused is UPSTREAM_UNAVAILABLE for %s',
    async (method) => {
      await expect(send(`http://127.0.0.1:${await findFreePort()}/`, method)).rejects.toMatchObject(
        {
          code: 'UPSTREAM_UNAVAILABLE',
          message: expect.stringContaining('nothing was sent'),
        },
      );
    },
  );

  test('to a host that does not exist is UPSTREAM_UNAVAILABLE', async () => {
    await expect(send('http://longhaul.invalid/', 'POST')).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
  });

  test.each<[Method, boolean | undefined, string]>([
    ['GET', undefined, 'UPSTREAM_UNAVAILABLE'],
    ['PUT', undefined, 'UPSTREAM_UNAVAILABLE'],
    ['DELETE', undefined, 'UPSTREAM_UNAVAILABLE'],
    ['POST', undefined, 'OUTCOME_UNKNOWN'],
    ['PATCH', undefined, 'OUTCOME_UNKNOWN'],
    ['POST', true, 'OUTCOME_UNKNOWN'],
    ['DELETE', false, 'OUTCOME_UNKNOWN'],
  ])(
    'that is lost before the answer to %s, idempotent: %s, is %s',
    async (method, idempotent, code) => {
      await using upstream = await startFakeUpstream((_, response) => {
        response.destroy();
        return undefined;
      });
      await expect(send(upstream.url, method, {}, idempotent)).rejects.toMatchObject({ code });
      expect(upstream.requests).toHaveLength(1);
    },
  );

  test('that is lost in the middle of the answer leaves the outcome open', async () => {
    await using upstream = await startFakeUpstream((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half');
      setTimeout(() => response.destroy(), 20);
      return undefined;
    });
    await expect(send(upstream.url, 'POST')).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await expect(send(upstream.url, 'GET')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  test('that is lost in the middle of a failing answer keeps the status', async () => {
    await using upstream = await startFakeUpstream((_, response) => {
      response.writeHead(400, { 'content-length': 100 });
      response.write('half');
      setTimeout(() => response.destroy(), 20);
      return undefined;
    });
    await expect(send(upstream.url, 'POST')).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED' });
  });

  test('is reused for what may be repeated, and fresh for what may not', async () => {
    await using upstream = await startFakeUpstream([{ body: {} }]);
    for (let n = 0; n < 9; n += 1) await send(upstream.url, 'GET');
    const reused = upstream.connections();
    expect(reused).toBeLessThan(4);
    for (let n = 0; n < 9; n += 1) await send(upstream.url, 'POST');
    expect(upstream.connections()).toBe(reused + 9);
  });

  test.each(['destroy', 'resetAndDestroy'] as const)(
    'that is kept, and closed at the next request by %s, is replaced',
    async (close) => {
      const served = new WeakSet<Socket>();
      await using upstream = await startFakeUpstream((_, { socket }) => {
        if (!socket) throw new Error('no connection');
        if (served.has(socket)) {
          socket[close]();
          return undefined;
        }
        served.add(socket);
        return { body: 'there' };
      });
      for (let n = 0; n < 4; n += 1) {
        await expect(send(upstream.url, 'GET')).resolves.toBe('there');
      }
      expect(upstream.requests.length).toBeGreaterThan(4);
    },
  );

  test.each(['before the head of the answer', 'in the middle of the answer'])(
    'is closed when the attempt is aborted %s',
    async (moment) => {
      await using upstream = await startFakeUpstream((_, response) => {
        if (moment.startsWith('in')) response.writeHead(200).write('x');
        return undefined;
      });
      const controller = new AbortController();
      const reason = new Error('cancelled by the test');
      const sent = send(upstream.url, 'POST', { signal: controller.signal });
      await until(() => upstream.requests.length === 1, 'the request');
      controller.abort(reason);
      await expect(sent).rejects.toBe(reason);
      await until(() => upstream.requests[0]?.gone.aborted === true, 'the end of the connection');
    },
  );

  test('is not made for an attempt that was aborted before', async () => {
    await using upstream = await startFakeUpstream([200]);
    const reason = new Error('too late');
    await expect(send(upstream.url, 'POST', { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    expect(upstream.requests).toHaveLength(0);
  });
});

describe('a redirect', () => {
  test('within the origin is followed, as GET after 303', async () => {
    await using upstream = await startFakeUpstream(({ path }) =>
      path === '/' ? { status: 303, headers: { location: '/result?n=1' } } : { body: { n: 1 } },
    );
    await expect(send(upstream.url, 'POST')).resolves.toEqual({ n: 1 });
    expect(upstream.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /',
      'GET /result?n=1',
    ]);
  });

  test('to another origin is refused, and nothing is sent there', async () => {
    await using other = await startFakeUpstream([200]);
    await using upstream = await startFakeUpstream([
      { status: 307, headers: { location: `${other.url}/steal` } },
    ]);
    await expect(send(upstream.url, 'POST')).rejects.toMatchObject({
      code: 'UPSTREAM_REJECTED',
      details: { from: upstream.url, to: other.url },
    });
    expect(other.requests).toHaveLength(0);
  });

  test('is followed five times, and no more', async () => {
    await using upstream = await startFakeUpstream(({ path }) => {
      const left = Number(path.slice(1));
      return left === 0
        ? { body: 'there' }
        : { status: 302, headers: { location: `/${left - 1}` } };
    });
    await expect(send(`${upstream.url}/5`, 'GET')).resolves.toBe('there');
    await expect(send(`${upstream.url}/6`, 'GET')).rejects.toMatchObject({
      code: 'UPSTREAM_REJECTED',
      message: `GET ${upstream.url}/6: more than 5 redirects`,
    });
  });

  test('after which the connection is lost leaves the outcome of a POST open', async () => {
    await using upstream = await startFakeUpstream(({ path }, response) => {
      if (path === '/') return { status: 303, headers: { location: '/result' } };
      response.destroy();
      return undefined;
    });
    await expect(send(upstream.url, 'POST')).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });
});

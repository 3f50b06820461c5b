import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Connection } from '@temporalio/client';
import {
  toConnectError,
  toNamespaceError,
} from '../../../src/temporal/connection/connect-failure.ts';
import { connectTemporal } from '../../../src/temporal/connection/connection.ts';
import { startTestTemporal, type TestTemporal } from '../../support/temporal/server.ts';
import { openTestGateway } from '../../support/temporal/gateway-and-worker.ts';
import { createTestOperations } from '../../support/operations/test-operations.ts';

let temporal: TestTemporal;

beforeAll(async () => {
  temporal = await startTestTemporal();
});
afterAll(async () => {
  await temporal[Symbol.asyncDispose]();
});

/** A server on a free port that is not Temporal. */
async function startStranger(
  answer: (socket: Socket) => void,
): Promise<AsyncDisposable & { readonly address: string }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    answer(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

test('gateways that come at the same time all find the search attributes registered', async () => {
  const { registry } = createTestOperations();
  const gateways = await Promise.all(
    Array.from({ length: 4 }, () => openTestGateway(temporal.address, registry)),
  );
  await using connection = Object.assign(await Connection.connect({ address: temporal.address }), {
    [Symbol.asyncDispose]: async () => undefined,
  });
  const { customAttributes } = await connection.operatorService.listSearchAttributes({
    namespace: 'default',
  });
  expect(customAttributes).toMatchObject({
    LonghaulOperation: 2,
    LonghaulPrincipal: 2,
    LonghaulKey: 2,
  });
  for (const { connected } of gateways) {
    expect(connected.retentionMs).toBe(48 * 60 * 60 * 1_000);
    expect(await connected.isAlive()).toBe(true);
    await connected[Symbol.asyncDispose]();
  }
  await connection.close();
});

describe('what cannot be used is told in one sentence', () => {
  const sentence = async (connectionOptions: object, namespace = 'default'): Promise<string> => {
    const [answer] = await Promise.allSettled([connectTemporal({ connectionOptions, namespace })]);
    expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'BACKEND_UNAVAILABLE' } });
    const { message } = (answer as PromiseRejectedResult).reason as Error;
    expect(message).toMatch(/^[^\n]+$/);
    expect(message).not.toMatch(/tonic|Error\(|\.\./);
    expect(message).toContain('check TEMPORAL_ADDRESS');
    return message;
  };

  test('a port where nobody listens', async () => {
    const stranger = await startStranger(() => undefined);
    await stranger[Symbol.asyncDispose]();
    expect(await sentence({ address: stranger.address })).toContain(
      `Temporal at ${stranger.address} cannot be reached: the connection was refused`,
    );
  });

  test('a name that nobody has', async () => {
    expect(await sentence({ address: 'no-such-host.invalid:7233' })).toContain(
      'the name cannot be resolved',
    );
  });

  test('an address that is none', async () => {
    expect(await sentence({ address: 'http://temporal: 7233' })).toContain('hostname:port');
  });

  test('a namespace that does not exist', async () => {
    expect(await sentence({ address: temporal.address }, 'tasks')).toContain(
      'answers, but namespace tasks cannot be used: Namespace tasks is not found;',
    );
  });

  test('TLS towards a server without it', async () => {
    expect(await sentence({ address: temporal.address, tls: true })).toContain(
      'what answers does not speak TLS',
    );
  });

  test('another kind of server', async () => {
    await using stranger = await startStranger((socket) => {
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    expect(await sentence({ address: stranger.address })).toContain(
      'another kind of server answers',
    );
  });

  test('a server that hangs', async () => {
    await using stranger = await startStranger(() => undefined);
    expect(await sentence({ address: stranger.address })).toContain('no answer within 10 s');
  });
});

test.each([
  ['invalid peer certificate: InvalidCertificate(UnknownIssuer)', 'not accepted (UnknownIssuer)'],
  ['received fatal alert: AlertReceived(CertificateRequired)', 'refused the TLS handshake'],
  ['Os { code: 104, kind: ConnectionReset }', 'the connection broke'],
  ['Os { code: 110, kind: TimedOut }', 'no answer in time'],
  ['Request unauthorized.', ': Request unauthorized;'],
  ['two\nlines', 'two lines'],
])('%j is put into words', (message, words) => {
  expect(toConnectError('cloud:7233', new Error(message)).message).toContain(words);
  expect(toNamespaceError('cloud:7233', 'tasks', new Error(message)).message).toContain(words);
});

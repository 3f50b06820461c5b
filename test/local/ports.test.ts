import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { choosePort, freePort, isFree } from '../../src/local/ports.ts';

async function listen(port = 0): Promise<AsyncDisposable & { port: number }> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

test('a free port can be listened on, and then is not free', async () => {
  const port = await freePort();
  await using server = await listen(port);
  expect(server.port).toBe(port);
  expect(await isFree(port)).toBe(false);
});

test('the last port is taken again where it is free', async () => {
  const last = await freePort();
  expect(await choosePort('port', undefined, last)).toBe(last);
});

test('the last port is taken again when its server is still letting go of it', async () => {
  const server = await listen();
  const choice = choosePort('port', undefined, server.port);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await server[Symbol.asyncDispose]();
  expect(await choice).toBe(server.port);
});

test('a last port that another program has is given up', async () => {
  await using other = await listen();
  const port = await choosePort('port', undefined, other.port);
  expect(port).not.toBe(other.port);
  expect(await isFree(port)).toBe(true);
});

test('a given port that is taken is refused, with its name', async () => {
  await using other = await listen();
  const choice = choosePort('UI port', other.port, undefined);
  await expect(choice).rejects.toThrow(`UI port ${other.port} of the Temporal server is taken`);
});

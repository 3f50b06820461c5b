import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config/load/load.ts';
import { createWorkspace } from '../support/files/workspace.ts';

async function load(text: string): Promise<Awaited<ReturnType<typeof loadConfig>>> {
  await using workspace = await createWorkspace({ 'longhaul.config.yaml': text });
  return await loadConfig({ workingDirectory: workspace.directory, env: {} });
}

const operation = (callbacks: string) => `
operations:
  report:
    kind: http
    description: for tests
    request: { url: 'https://api.example.com/' }
    callbacks: ${callbacks}
`;

describe('callbacks', () => {
  test('are allowed nowhere by default', async () => {
    expect((await load('')).callbacks).toEqual({
      allow: [],
      allowPrivate: [],
      secrets: [],
      publicUrl: null,
      maxResultBytes: 16_384,
    });
  });

  test.each([
    'https://hooks.example.com',
    'https://hooks.example.com:8443',
    'hooks.example.com',
    '"*.example.com"',
  ])('can be allowed for %s', async (receiver) => {
    const { callbacks } = await load(`callbacks: { secrets: [env:SECRET], allow: [${receiver}] }`);
    expect(callbacks.allow).toHaveLength(1);
  });

  test.each(['https://hooks.example.com/path', '"*"', '"*.*.com"', 'a b', 'ftp://a.example'])(
    'cannot be allowed for %s',
    async (receiver) => {
      await expect(
        load(`callbacks: { secrets: [env:SECRET], allow: [${receiver}] }`),
      ).rejects.toThrow(/callbacks\.allow\[0\]/);
    },
  );

  test.each(['receiver.internal', '127.0.0.1', '"[::1]"'])('may be private: %s', async (host) => {
    const { callbacks } = await load(`callbacks: { allowPrivate: [${host}] }`);
    expect(callbacks.allowPrivate).toHaveLength(1);
  });

  test.each(['receiver.internal:80', 'http://receiver.internal', '10.0.0.0/8'])(
    'cannot be private as %s',
    async (host) => {
      await expect(load(`callbacks: { allowPrivate: ['${host}'] }`)).rejects.toThrow(
        /callbacks\.allowPrivate\[0\]/,
      );
    },
  );

  test('of callers need a secret', async () => {
    await expect(load('callbacks: { allow: [hooks.example.com] }')).rejects.toThrow(
      /callbacks\.secrets/,
    );
  });

  test('have no secret in the file itself', async () => {
    const secret = 'whsec_c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0';
    await expect(load(`callbacks: { secrets: [${secret}] }`)).rejects.toThrow(/a reference/);
  });
});

describe('the callbacks of an operation', () => {
  test('are addresses, with secrets of their own or of the group', async () => {
    const own = `[https://a.example/, { url: https://b.example/, secrets: [env:B] }]`;
    const { operations } = await load(`callbacks: { secrets: [env:A] }${operation(own)}`);
    expect(operations[0]!.callbacks).toEqual([
      { url: 'https://a.example/', secrets: null },
      { url: 'https://b.example/', secrets: ['env:B'] },
    ]);
  });

  test('without any secret are refused at the start', async () => {
    await expect(load(operation('[https://a.example/]'))).rejects.toThrow(
      /operations\.report\.callbacks\[0\].*callbacks\.secrets/,
    );
  });

  test('over plain http need a host that may be private', async () => {
    const plain = operation('[{ url: http://receiver.internal/, secrets: [env:A] }]');
    await expect(load(plain)).rejects.toThrow(/callbacks\.allowPrivate/);
    await load(`callbacks: { allowPrivate: [receiver.internal] }${plain}`);
  });

  test.each(['hooks.example.com', 'https://user:password@a.example/', 'https://a.example/#a'])(
    'cannot be %s',
    async (url) => {
      await expect(load(operation(`['${url}']`))).rejects.toThrow(/callbacks/);
    },
  );
});

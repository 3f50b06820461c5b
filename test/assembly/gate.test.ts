import { describe, expect, test } from '@jest/globals';
import { createConfiguredRegistry } from '../../src/assembly/configuration.ts';
import { openGate } from '../../src/assembly/gate.ts';
import { loadConfig } from '../../src/config/index.ts';
import { createWorkspace } from '../support/files/workspace.ts';

async function open(content: string, files: Readonly<Record<string, string>> = {}) {
  await using workspace = await createWorkspace({ 'longhaul.config.yaml': content, ...files });
  const config = await loadConfig({ workingDirectory: workspace.directory, env: {} });
  const log = { warn: () => undefined };
  return await openGate(async () => '', config, createConfiguredRegistry(config), log);
}

describe('a gateway without authentication', () => {
  test.each(['127.0.0.1', '127.8.0.1', 'localhost', '::1'])('opens on %s', async (host) => {
    expect(await open(`server: { host: '${host}' }`)).toBeNull();
  });

  test.each(['0.0.0.0', '::', '192.168.1.7', 'gateway.internal', '127.0.0.1.example.com'])(
    'does not open on %s, and says what to do',
    async (host) => {
      await expect(open(`server: { host: '${host}' }`)).rejects.toThrow(
        `refusing to listen on ${host} without authentication, since whoever reaches it could run every operation: set auth.mode to tokens or oauth, or, where something before it decides who may call, auth.allowUnauthenticated to true`,
      );
    },
  );

  test('opens anywhere when it is told to', async () => {
    const content = `server: { host: 0.0.0.0 }\nauth: { allowUnauthenticated: true }`;
    expect(await open(content)).toBeNull();
  });
});

describe('a gateway with authentication', () => {
  test('opens anywhere', async () => {
    const content = `server: { host: 0.0.0.0 }\nauth: { mode: tokens }`;
    expect(await open(content, { 'longhaul.tokens': '' })).toMatchObject({ metadata: null });
  });

  test('does not open without its token file', async () => {
    await expect(open('auth: { mode: tokens }')).rejects.toThrow(
      /^auth.tokenFile \S+longhaul.tokens cannot be read \(ENOENT\); "longhaul token add NAME" writes one$/,
    );
  });

  test.each(['operationScopes', 'answerScopes'])(
    'does not open when %s names an operation that is not there',
    async (option) => {
      const content = `auth: { mode: tokens, ${option}: { refnd: ['a'] } }\noperations: {}`;
      await expect(open(content, { 'longhaul.tokens': '' })).rejects.toMatchObject({
        code: 'UNKNOWN_OPERATION',
      });
    },
  );

  test('needs to know its address and its issuer', async () => {
    await expect(open('auth: { mode: oauth }')).rejects.toThrow(
      /auth.resource: expected a value, since auth.mode is oauth.*\n.*auth.issuer: expected a value, since auth.mode is oauth/,
    );
  });

  test.each([
    'http://login.example.com',
    'https://login.example.com/?a=b',
    'https://u:p@login.example.com',
    'login',
  ])('takes no issuer that could be another (%s)', async (issuer) => {
    const content = `auth: { mode: oauth, resource: 'https://a.example/mcp', issuer: '${issuer}' }`;
    await expect(open(content)).rejects.toThrow('auth.issuer: expected an HTTPS address');
  });

  test('takes no algorithm that a public key could be used for as a secret', async () => {
    const content = `auth: { algorithms: [HS256] }`;
    await expect(open(content)).rejects.toThrow('auth.algorithms[0]: expected one of');
  });

  test('takes secrets by reference alone', async () => {
    const content = `auth: { introspectionClientId: a, introspectionClientSecret: plain }`;
    const opening = open(content);
    await expect(opening).rejects.toThrow('expected a reference, env:NAME or file:path');
  });
});

// A codec server on a free port, with callers of a token file and pages of the origins that a test lists.
import { createHostGuard } from '../../src/http/guards.ts';
import { startCodecServer } from '../../src/codec-server/server.ts';
import type { Keyring } from '../../src/encryption/index.ts';
import { createPayloadCodec } from '../../src/temporal/codec/payload-codec.ts';
import { send, type Answer } from '../support/gateways/http-gateway.ts';
import { startStaticGate, type StaticGate } from '../support/gateways/static-gate.ts';

/** The Temporal UI of the tests. */
export const UI = 'https://temporal.example.com';

/** A codec server. */
export interface TestCodecServer extends AsyncDisposable {
  readonly url: string;
  readonly headerOf: StaticGate['headerOf'];
  /** Sends a body to a path. */
  readonly post: (
    path: string,
    body: unknown,
    headers?: Record<string, string | undefined>,
  ) => Promise<Answer>;
}

/** Starts it; `operator` may decode, `agent` may read and write tasks. */
export async function startTestCodecServer(
  keyring: Keyring,
  origins: readonly string[] = [UI],
  names: readonly string[] = [],
): Promise<TestCodecServer> {
  const guard = await startStaticGate({
    operator: ['payloads:decode'],
    agent: ['tasks:read', 'tasks:write'],
  });
  const server = await startCodecServer({
    codec: createPayloadCodec(keyring),
    gate: guard.gate,
    isAllowedOrigin: (origin) => origins.includes(origin),
    hostGuard: createHostGuard('127.0.0.1', [
      ...names,
      ...origins.map((origin) => new URL(origin).hostname),
    ]),
    host: '127.0.0.1',
    port: 0,
  });
  return {
    url: server.origin,
    headerOf: guard.headerOf,
    post: async (path, body, headers = {}) =>
      send(`${server.origin}${path}`, {
        headers,
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await guard[Symbol.asyncDispose]();
    },
  };
}

// A context as a runner would give it, recording what the operation reports.
import { setTimeout as delay } from 'node:timers/promises';
import { ask } from '../../../src/operations/input/ask.ts';
import type { DeclaredContext } from '../../../src/operations/context.ts';
import { createSecretReader } from '../../../src/operations/secrets.ts';
import { createServices, type ServiceHost } from '../../../src/operations/services.ts';
import { createFiles } from '../../../src/storage/files.ts';
import { createMemoryStore } from '../peers/memory-store.ts';

/** What services are opened with in tests; `heard` receives the lines of the log. */
export function createTestHost(
  heard: string[] = [],
  env: Readonly<Record<string, string>> = {},
): ServiceHost {
  const hear = (message: string, fields?: object): void => {
    heard.push(`${message} ${JSON.stringify(fields ?? {})}`);
  };
  return {
    secret: createSecretReader({ env, baseDirectory: '/nowhere' }),
    childEnvironment: (names) => ({
      PATH: process.env['PATH'] ?? '',
      ...Object.fromEntries(names.map((name) => [name, env[name] ?? ''])),
    }),
    log: { debug: hear, info: hear, warn: hear, error: hear },
    version: '0.0.0',
  };
}

/** One for every context of a test file, as for every attempt of a worker. */
export const testServices = createServices(createTestHost());

/** A context whose reports can be read. */
export interface TestContext extends DeclaredContext {
  readonly reports: { fraction: number | null; message: string | undefined }[];
}

/** What a test may decide; the environment feeds `${env:NAME}`. */
export type ContextOverrides = Partial<DeclaredContext> & {
  readonly env?: Readonly<Record<string, string>>;
  readonly baseDirectory?: string;
};

/** Creates a context: first attempt, key `key-1`, principal `local`, unless the test says otherwise. */
export function createTestContext({
  env = {},
  baseDirectory = '/nowhere',
  ...overrides
}: ContextOverrides = {}): TestContext {
  const reports: TestContext['reports'] = [];
  const ignore = (): void => undefined;
  const files = createFiles({
    store: createMemoryStore().store,
    maxBytes: 100_000,
    pieceBytes: 1_000,
  });
  return {
    signal: new AbortController().signal,
    progress: (fraction, message) => {
      reports.push({ fraction, message });
    },
    idempotencyKey: 'key-1',
    attempt: 1,
    delayedMs: 0,
    principal: 'local',
    inputResponses: {},
    hasAsked: overrides.inputResponses !== undefined,
    ask: (requests) => ask(requests, overrides.inputResponses ?? {}),
    store: async (content, mimeType = '') => files.write('local', content, mimeType),
    open: async (file) => files.find('local', typeof file === 'string' ? file : file.uri),
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    secret: createSecretReader({ env, baseDirectory }),
    services: testServices,
    ...overrides,
    reports,
  };
}

/** Waits until something holds; fails loudly when it never does. */
export async function until(holds: () => boolean, what = 'it'): Promise<void> {
  for (let checks = 0; checks < 3_000; checks += 1) {
    if (holds()) return;
    await delay(20);
  }
  throw new Error(`${what} did not happen within a minute`);
}

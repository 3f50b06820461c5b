// The MCP face over the fake task service: the factory with its parts in reach, and an in-process endpoint for it.
import { createMcpHandler } from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { Json } from '../../../src/contract/json.ts';
import { defineOperation } from '../../../src/operations/define.ts';
import { defineJob } from '../../../src/operations/define-job.ts';
import { createRegistry, type Registry } from '../../../src/operations/registry.ts';
import type { McpOptions } from '../../../src/mcp/context.ts';
import { createServerFactory, type ServerFactory } from '../../../src/mcp/server.ts';
import { createFakeTasks, type FakeTasks } from './fake-task-service.ts';

/** The group `polling` of the configuration, as it is by default. */
export const DEFAULT_POLLING = {
  initialIntervalMs: 1000,
  maxIntervalMs: 30_000,
  backoffMultiplier: 2,
  waitCapSeconds: 25,
  holdSeconds: 4,
};

/** A factory over fakes. */
export interface Face {
  readonly factory: ServerFactory;
  readonly tasks: FakeTasks;
  readonly registry: Registry;
  /** What was logged as an error. */
  readonly errors: readonly Readonly<Record<string, Json>>[];
  /** The endpoint in process, for `connectClient`. */
  readonly target: {
    readonly url: string;
    readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>;
  };
}

/** Two operations: one that runs, one that is a job. */
function createTestRegistry(): Registry {
  return createRegistry([
    defineOperation({
      name: 'sleep',
      description: 'Sleeps and returns. For trying things out.',
      input: z.strictObject({
        seconds: z.number().min(0),
        fail_with: z.enum(['UPSTREAM_REJECTED', 'INTERNAL']).optional(),
      }),
      output: z.object({ slept: z.number() }),
      idempotent: true,
      run: ({ seconds }) => ({ slept: seconds }),
    }),
    defineJob({
      name: 'batch',
      description: 'Runs a batch elsewhere.',
      input: z.object({}),
      policy: { totalTimeoutSeconds: 3600 },
      submit: () => Promise.resolve('job'),
      poll: () => Promise.resolve({ done: false }),
    }),
  ]);
}

/** Creates a face. */
export function createFace(options: Partial<McpOptions> = {}): Face {
  const registry = options.registry ?? createTestRegistry();
  const tasks = createFakeTasks(registry);
  const errors: Readonly<Record<string, Json>>[] = [];
  const factory = createServerFactory({
    tasks,
    registry,
    name: 'longhaul',
    version: '0.0.0',
    polling: DEFAULT_POLLING,
    tools: { pair: true, typed: true, inlineWaitSeconds: 3 },
    principal: 'local',
    log: {
      debug: () => undefined,
      error: (message, fields) => errors.push({ message, ...fields }),
    },
    ...options,
  });
  const handler = createMcpHandler(factory.create);
  return {
    factory,
    tasks,
    registry,
    errors,
    target: {
      url: 'http://127.0.0.1/mcp',
      fetch: (url, init) => handler.fetch(new Request(url, init)),
    },
  };
}

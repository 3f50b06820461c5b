// What the price list counts: an operation of each kind that does as little as its kind can.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { defineConfig, defineJob, defineOperation, OperationError } from 'longhaul';
import * as z from 'zod';
import plain from '../longhaul.config.ts';

const input = z.strictObject({ text: z.string() });
const text = { type: 'object', properties: { text: { type: 'string' } } };

/** Answers requests, and takes reports of tasks. */
const upstream = process.env['BENCH_UPSTREAM'] ?? 'http://127.0.0.1:1/';

/** Polls of each job so far, in the process that runs them. */
const polls = new Map<string, number>();

export default defineConfig({
  ...plain,
  operations: {
    ...plain.operations,
    retried: defineOperation({
      name: 'retried',
      description: 'Fails once.',
      input,
      policy: { retryAttempts: 1, retryInitialIntervalMs: 10 },
      run: (_, { attempt }) => {
        if (attempt === 1) throw new OperationError('UPSTREAM_UNAVAILABLE', 'not yet');
        return {};
      },
    }),
    sized: defineOperation({
      name: 'sized',
      description: 'Has a result of so many bytes.',
      input: z.strictObject({ bytes: z.int() }),
      run: ({ bytes }) => ({ text: 'x'.repeat(bytes) }),
    }),
    beating: defineOperation({
      name: 'beating',
      description: 'Sends a heartbeat a second, 90 of them.',
      input,
      policy: { heartbeatTimeoutSeconds: 3 },
      run: async (_, { signal }) => sleep(90_500, {}, { signal }),
    }),
    request: {
      kind: 'http',
      description: 'A request that is answered at once.',
      input: text,
      request: { method: 'POST', url: upstream, body: { text: '{text}' } },
    },
    reported: defineOperation({
      name: 'reported',
      description: 'Its end is reported.',
      input,
      callbacks: [upstream],
      run: () => ({}),
    }),
    job: defineJob({
      name: 'job',
      description: 'Is done at its tenth poll.',
      input,
      polling: { initialIntervalMs: 10, maxIntervalMs: 10 },
      submit: (_, { idempotencyKey }) => Promise.resolve(idempotencyKey),
      poll: ({ handle }) => {
        const count = (polls.get(handle) ?? 0) + 1;
        polls.set(handle, count);
        return Promise.resolve(count < 10 ? { done: false } : { done: true, result: {} });
      },
    }),
    ordered: {
      kind: 'workflow',
      description: 'A workflow of one timer.',
      input: text,
      workflow: { type: 'order', taskQueue: 'raw', args: [0] },
    },
    scheduled: {
      kind: 'activity',
      description: 'An activity that does nothing.',
      input: text,
      activity: { type: 'empty', taskQueue: 'raw', args: ['{text}'] },
    },
  },
  upstreams: {
    bench: {
      command: process.execPath,
      args: [fileURLToPath(new URL('../raw/mcp-server.js', import.meta.url))],
    },
  },
  callbacks: { allowPrivate: ['127.0.0.1'], secrets: ['env:BENCH_SECRET'] },
  limits: { fairness: process.env['BENCH_SETUP'] !== 'without fairness' },
  ...(process.env['BENCH_SETUP'] === 'encrypted' && {
    encryption: { keys: [{ id: 'bench', key: 'env:BENCH_KEY' }], nameKey: 'env:BENCH_NAME_KEY' },
  }),
});

// The operations of the soak: those of the load test, and what else a task can be. A configuration like any user's: UPSTREAM_URL and
// RECEIVER_URL say where the peers are.
import { Readable } from 'node:stream';
import {
  defineConfig,
  defineHttpJob,
  defineHttpOperation,
  defineOperation,
  OperationError,
  type OperationContext,
} from 'longhaul';
import * as z from 'zod';

const upstream = process.env['UPSTREAM_URL'] ?? '';
const receiver = process.env['RECEIVER_URL'] ?? '';

// An attempt counts as vanished sooner than the longest time that a worker is frozen.
const policy = { totalTimeoutSeconds: 300, heartbeatTimeoutSeconds: 5 };
const parameters = z.object({ id: z.string(), seconds: z.number() });
const input = {
  type: 'object',
  properties: { id: { type: 'string' }, seconds: { type: 'number' } },
  required: ['id', 'seconds'],
};

const readDeclaration = {
  kind: 'http',
  description: 'Reads something slowly. Reading twice does no harm.',
  input,
  policy,
  request: { url: `${upstream}/reports?id={id}&seconds={seconds}` },
} as const;

const chargeDeclaration = {
  kind: 'http',
  description: 'Charges somebody. Must never run twice.',
  input,
  policy,
  request: {
    method: 'POST',
    url: `${upstream}/charges`,
    body: { id: '{id}', seconds: '{seconds}' },
  },
} as const;

const http = [
  defineHttpOperation('read', readDeclaration),
  defineHttpOperation('quick_read', { ...readDeclaration, lane: 'activity' }),
  defineHttpOperation('charge', { ...chargeDeclaration, callbacks: [receiver] }),
  defineHttpOperation('quick_charge', { ...chargeDeclaration, lane: 'activity' }),
];

const render = defineHttpJob('render', {
  kind: 'http_job',
  description: 'Renders something elsewhere. Must never be submitted twice.',
  input,
  policy,
  submit: {
    url: `${upstream}/renders`,
    body: { id: '{id}', seconds: '{seconds}' },
    handle: '/id',
  },
  poll: {
    url: `${upstream}/renders/{handle}`,
    status: '/state',
    done: ['done'],
    failed: ['failed'],
    maxIntervalMs: 2000,
  },
});

const confirm = defineOperation({
  name: 'confirm',
  description: 'Asks before it does something.',
  input: parameters,
  idempotent: true,
  policy: { ...policy, inputTimeoutSeconds: 300 },
  run: async ({ id, seconds }, { ask, signal }) => {
    const { confirm: said } = ask({
      confirm: {
        message: `Do ${id}?`,
        requestedSchema: {
          type: 'object',
          properties: { confirm: { type: 'boolean' } },
          required: ['confirm'],
        },
      },
    });
    if (said.action !== 'accept') throw new OperationError('UPSTREAM_REJECTED', 'nobody agreed');
    const answer = await fetch(`${upstream}/reports?id=${id}&seconds=${seconds}`, { signal });
    return answer.json() as Promise<{ slept: string }>;
  },
});

/** What is in both lanes. */
const refuseDefinition = {
  description: 'Fails, and says so.',
  input: parameters,
  idempotent: true,
  policy,
  run: () => {
    throw new OperationError('UPSTREAM_REJECTED', 'as always');
  },
};

const storeDefinition = {
  description: 'Returns a file that says its id.',
  input: parameters,
  idempotent: true,
  policy,
  run: async ({ id }: { readonly id: string }, context: OperationContext) =>
    context.store(Readable.from([Buffer.from(id)]), 'text/plain'),
};

const inBothLanes = [
  defineOperation({ ...refuseDefinition, name: 'refuse' }),
  defineOperation({ ...refuseDefinition, name: 'quick_refuse', lane: 'activity' }),
  defineOperation({ ...storeDefinition, name: 'store' }),
  defineOperation({ ...storeDefinition, name: 'quick_store', lane: 'activity' }),
];

export default defineConfig({
  operations: [...http, render, confirm, ...inBothLanes],
  builtins: false,
  observability: { logLevel: 'warn' },
  storage: { mode: 'directory' },
  callbacks: { secrets: ['env:CALLBACK_SECRET'], allowPrivate: ['127.0.0.1'] },
});

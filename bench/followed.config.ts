// What the benchmark serves where workflows of others are followed: some that a worker of the benchmark runs, some that nobody runs,
// and operations of our own beside them.
import { setTimeout as sleep } from 'node:timers/promises';
import { defineConfig, defineOperation } from 'longhaul';
import * as z from 'zod';
import plain from './longhaul.config.ts';

const text = { type: 'object', properties: { text: { type: 'string' } } };

export default defineConfig({
  ...plain,
  operations: {
    ...plain.operations,
    order: {
      kind: 'workflow',
      description: 'Takes as many seconds as it is told.',
      input: { type: 'object', properties: { seconds: { type: 'number' } }, required: ['seconds'] },
      workflow: { type: 'order', taskQueue: 'bench-orders', args: ['{seconds}'] },
    },
    rest: defineOperation({
      name: 'rest',
      description: 'Takes as many seconds as it is told, and says when they were over.',
      input: z.strictObject({ seconds: z.number() }),
      run: async ({ seconds }) => {
        await sleep(seconds * 1000);
        return Date.now();
      },
    }),
    parked: {
      kind: 'workflow',
      description: 'Is followed for as long as the benchmark takes.',
      input: text,
      workflow: { type: 'parked', taskQueue: 'bench-nobody' },
      policy: { queueTimeoutSeconds: 3600 },
    },
  },
});

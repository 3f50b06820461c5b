// What the benchmark serves: an operation that does nothing, with room for parameters of any size, the same as a task from the first
// moment, and one that takes its time.
import { setTimeout as sleep } from 'node:timers/promises';
import { defineConfig, defineOperation } from 'longhaul';
import * as z from 'zod';

const empty = {
  description: 'Does nothing.',
  input: z.strictObject({ text: z.string() }),
  idempotent: true,
  policy: { totalTimeoutSeconds: 3600 },
  run: () => Promise.resolve({}),
};

export default defineConfig({
  operations: {
    rows: defineOperation({
      name: 'rows',
      description: 'Answers with so many rows.',
      input: z.strictObject({ rows: z.int() }),
      run: ({ rows }) =>
        Array.from({ length: rows }, (_, id) => ({
          id,
          customer: `Customer ${id}`,
          email: `customer-${id}@example.com`,
          paid: id % 2 === 0,
        })),
    }),
    pausing: defineOperation({
      name: 'pausing',
      description: 'Takes so many milliseconds.',
      input: z.strictObject({ ms: z.int() }),
      policy: { totalTimeoutSeconds: 3600, attemptTimeoutSeconds: 1200 },
      run: async ({ ms }, { signal }) => sleep(ms, {}, { signal }),
    }),
    empty: defineOperation({ ...empty, name: 'empty' }),
    empty_task: defineOperation({ ...empty, name: 'empty_task', inlineWaitSeconds: 0 }),
  },
  // Nothing is held back: what is measured is how many reads the gateway can answer, not how many it should.
  polling: { holdSeconds: 0 },
  observability: { logLevel: 'warn' },
});

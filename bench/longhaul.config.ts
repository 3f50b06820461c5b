// What the benchmark serves: an operation that does nothing, with room for parameters of any size, and the same as a task
// from the first moment.
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
    empty: defineOperation({ ...empty, name: 'empty' }),
    empty_task: defineOperation({ ...empty, name: 'empty_task', inlineWaitSeconds: 0 }),
  },
  // Nothing is held back: what is measured is how many reads the gateway can answer, not how many it should.
  polling: { holdSeconds: 0 },
  observability: { logLevel: 'warn' },
});

// What the benchmark serves: an operation that does nothing, with room for parameters of any size.
import { defineConfig, defineOperation } from 'longhaul';
import * as z from 'zod';

export default defineConfig({
  operations: {
    empty: defineOperation({
      name: 'empty',
      description: 'Does nothing.',
      input: z.strictObject({ text: z.string() }),
      idempotent: true,
      policy: { totalTimeoutSeconds: 3600 },
      run: () => Promise.resolve({}),
    }),
  },
  observability: { logLevel: 'warn' },
});

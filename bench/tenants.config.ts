// Two tenants of one gateway, each with a token: what the other's flood costs.
import { setTimeout as sleep } from 'node:timers/promises';
import { defineConfig, defineOperation } from 'longhaul';
import * as z from 'zod';

export default defineConfig({
  auth: { mode: 'tokens' }, // the scenario names the file
  operations: {
    work: defineOperation({
      name: 'work',
      description: 'Takes its time.',
      input: z.strictObject({ seconds: z.number() }),
      idempotent: true,
      policy: { totalTimeoutSeconds: 3600 },
      run: async ({ seconds }, { signal }) => {
        await sleep(seconds * 1000, null, { signal });
        return {};
      },
    }),
  },
  builtins: false,
  polling: { holdSeconds: 0 },
  observability: { logLevel: 'warn' },
});

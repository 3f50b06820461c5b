// Operations that do nothing beside a wrapped server of 500 tools, all of them listed.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { defineConfig, defineOperation } from 'longhaul';
import * as z from 'zod';

export default defineConfig({
  builtins: false,
  operations: {
    rest: defineOperation({
      name: 'rest',
      description: 'Does nothing for half a second.',
      input: z.strictObject({ text: z.string() }),
      idempotent: true,
      run: async () => {
        await sleep(500);
        return {};
      },
    }),
    empty: defineOperation({
      name: 'empty',
      description: 'Does nothing.',
      input: z.strictObject({ text: z.string() }),
      idempotent: true,
      run: () => Promise.resolve({}),
    }),
  },
  upstreams: {
    bench: {
      command: process.execPath,
      args: [fileURLToPath(new URL('raw/mcp-server.js', import.meta.url))],
    },
  },
  tools: { pair: false, inlineWaitSeconds: 25 },
  observability: { logLevel: 'warn' },
});

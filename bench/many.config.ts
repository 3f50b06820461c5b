// 500 operations, each with a few parameters: a list that is long for any agent.
import { defineConfig, defineOperation } from 'longhaul';
import * as z from 'zod';

export default defineConfig({
  operations: Array.from({ length: 500 }, (_, index) =>
    defineOperation({
      name: `operation_${index}`,
      description: `Does what number ${index} does, which takes a few minutes, and returns what came of it.`,
      input: z.object({
        customer: z.string().describe('Number of the customer.'),
        month: z.string().regex(/^\d{4}-\d{2}$/),
        format: z.enum(['pdf', 'csv', 'json']).default('pdf'),
        recipients: z.array(z.email()).max(20).optional(),
      }),
      output: z.object({ url: z.string(), pages: z.number() }),
      run: () => ({ url: '', pages: 0 }),
    }),
  ),
  observability: { logLevel: 'warn' },
});

// The options of `state`: how long the embedded server keeps what has ended.
import * as z from 'zod';

const YEAR_SECONDS = 31_536_000;

export const state = z
  .strictObject({
    ttlSeconds: z
      .int()
      .min(3600)
      .max(YEAR_SECONDS)
      .default(172_800)
      .describe(
        'How long a finished task can be read and its idempotency key is remembered, in seconds: the retention of the ' +
          "embedded server's namespace. A configured cluster keeps its own.",
      )
      .meta({ env: 'LONGHAUL_TTL_SECONDS' }),
  })
  .prefault({})
  .describe('How long tasks are kept.')
  .meta({ worker: true });

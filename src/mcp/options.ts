// The `tools` group of the configuration: what agents can call.
import * as z from 'zod';
import type { Frozen } from '../contract/frozen.ts';

/** `tools.maxListed` where the list has no bound. */
export const ALL_LISTED = 10_000;

const EXPECTED_BUDGET = '0, or 1000 to 100000';

export const tools = z
  .strictObject({
    pair: z.boolean().default(true).meta({
      description:
        'Whether there are `initiate_background_task`, `resolve_task_status` and their companions.',
      env: 'LONGHAUL_PAIR_TOOLS',
    }),
    typed: z.boolean().default(true).meta({
      description: 'Whether each operation is a tool of its own name.',
      env: 'LONGHAUL_TYPED_TOOLS',
    }),
    inlineWaitSeconds: z.number().min(0).max(300).default(3).meta({
      description:
        'How long a call of such a tool waits for the result before it answers with a handle, in seconds, for an operation that does not say itself.',
      env: 'LONGHAUL_INLINE_WAIT_SECONDS',
    }),
    answerBudgetTokens: z
      .int()
      .min(0)
      .max(100_000)
      .refine((tokens) => tokens === 0 || tokens >= 1_000, `expected ${EXPECTED_BUDGET}`)
      .default(5_000)
      .meta({
        description:
          'Largest result that an answer shows, in estimated tokens. Of a larger one it shows a preview, and ' +
          '`read_task_result` any part; 0 shows every result that travels with its task. Needs `pair`.',
        env: 'LONGHAUL_ANSWER_BUDGET_TOKENS',
        expected: EXPECTED_BUDGET,
      }),
    maxListed: z
      .int()
      .min(0)
      .max(ALL_LISTED)
      .default(40)
      .meta({
        description:
          'Operations up to which `tools/list` shows the tool of each. Of more, or where they take up too much of a context, none is ' +
          'listed: all can be called, and `list_operations` finds them. Needs `pair`. 10000 lists all, whatever room they take.',
        env: 'LONGHAUL_MAX_LISTED',
      }),
    operations: z.record(z.string(), z.boolean()).default({}).meta({
      description:
        'By name of an operation: `false` has this gateway neither list nor start it. Its tasks stay readable, and workers still run it.',
    }),
  })
  .check(({ value, issues }) => {
    if (value.pair || value.typed) return;
    issues.push({
      code: 'custom',
      path: ['typed'],
      input: false,
      message: 'expected true, since tools.pair is false and nothing could be called',
    });
  })
  .prefault({})
  .describe('What agents can call.');

export type OfferedTools = Omit<Frozen<z.output<typeof tools>>, 'operations'>;

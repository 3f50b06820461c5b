// The options of `limits`: what one principal may take of gateways and workers. Invariant: nothing is limited unless it is said,
// except where one caller would keep all others out.
import * as z from 'zod';
import type { Frozen } from '../contract/frozen.ts';

const upTo = (most: number) => z.int().min(1).max(most).nullable().default(null);

const rule = z.strictObject({
  openTasks: upTo(1_000_000).describe(
    'Tasks of a principal that have not ended, in the whole fleet; null is any number.',
  ),
  startsPerSecond: z.number().min(0.001).max(100_000).nullable().default(null).meta({
    description:
      'Starts of a principal a second, over time, through one gateway; null is any number.',
  }),
  startBurst: upTo(100_000).describe(
    'Starts of a principal at once, after a pause; null is those of one second, and at least 1.',
  ),
  concurrentWaits: upTo(100_000).describe(
    'Calls of a principal that wait for a task in one gateway; null is any number.',
  ),
});

export const limits = z
  .strictObject({
    ...rule.shape,
    runningShare: z
      .number()
      .min(0.01)
      .max(1)
      .default(0.5)
      .meta({
        description:
          "Share of a worker's slots (`execution.maxConcurrency`, or an operation's own `concurrency`) that attempts of one principal take " +
          'while no other has any, where callers authenticate; more principals take less each, so that one slot stays free. 1 is all.',
        worker: 'authenticated',
      }),
    fairness: z
      .boolean()
      .default(true)
      .describe(
        'Whether tasks that wait for a worker are taken by turns of their principals. Temporal Cloud charges for it.',
      ),
    storageBytes: z.int().min(1_048_576).nullable().default(null).meta({
      description:
        'Bytes that the files of one principal may take up; beyond it uploads, large parameters and new tasks are refused. null is 5 GiB where callers authenticate, and any number otherwise.',
    }),
    operations: z.record(z.string(), rule).default({}).meta({
      description:
        'The same four for single operations, by name; they hold for each principal by itself, beside those above.',
    }),
  })
  .prefault({})
  .describe('What one principal may take, so that there is something left for the others.');

/** Bounds of one principal; `null` where there is none. */
export type LimitRule = Frozen<z.output<typeof rule>>;

/** The rules of a gateway: a general one, and those of single operations. */
export type LimitRules = LimitRule & Pick<Frozen<z.output<typeof limits>>, 'operations'>;

// The paths of batches.
import type { TaskChange } from '../support/temporal/tasks-without-gateway.ts';
import type { Path } from './path.ts';
import { done, fail, hang, inTurn, run } from './steps.ts';

const refused = fail('UPSTREAM_REJECTED', { nonRetryable: true });

/** A batch of two items, one after the other. */
const batchOf = (name: string): TaskChange => ({
  batch: {
    common: {
      operation: 'refund',
      kind: 'run',
      idempotent: false,
      policy: {
        queueMs: 60_000,
        attemptMs: 60_000,
        totalMs: 60_000,
        heartbeatMs: 60_000,
        retry: {
          attempts: 0,
          initialIntervalMs: 50,
          maximumIntervalMs: 50,
          backoffCoefficient: 1,
        },
      },
    },
    items: ['0', 'last'].map((item) => ({
      name: item,
      key: `${name}.${item}`,
      workflowId: `local:${name}.${item}`,
      parameters: { order: 7 },
      idempotencyKey: `upstream of ${item}`,
      fingerprint: `of ${item}`,
    })),
    concurrency: 1,
    stopsOnError: false,
    packsMemo: false,
  },
});

export const BATCH_PATHS: Readonly<Record<string, Path>> = {
  'batch-completed': {
    change: batchOf('batch-completed'),
    activities: run(inTurn(done, refused)),
  },
  'batch-cancelled': {
    change: batchOf('batch-cancelled'),
    activities: run(hang),
    cancelAfter: 'ChildWorkflowExecutionStarted',
  },
};

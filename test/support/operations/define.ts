// Operations of a test's own, with as few words as possible.
import * as z from 'zod';
import type { Json } from '../../../src/contract/json.ts';
import type { OperationContext } from '../../../src/operations/context.ts';
import { defineOperation } from '../../../src/operations/define.ts';
import { defineJob } from '../../../src/operations/define-job.ts';
import type { JobPolling, JobStatus, Operation } from '../../../src/operations/operation.ts';

/** The operation `refund`, which takes any parameters. */
export function defineRefund(run: (context: OperationContext) => Promise<Json>): Operation {
  return defineOperation({
    name: 'refund',
    description: 'for tests',
    input: z.looseObject({}),
    run: async (_, context) => run(context),
  });
}

/** The steps of the job `train`; each is given what a test may want to know. */
export interface TrainSteps {
  readonly submit?: (context: OperationContext) => Promise<Json>;
  readonly poll?: (handle: Json, context: OperationContext) => Promise<JobStatus>;
  readonly cancel?: (handle: Json, context: OperationContext) => Promise<void>;
  readonly polling?: Partial<JobPolling>;
}

/** The job `train`. Unless the test says otherwise, its handle is `job-1`, it is done at the first poll, and it cannot be cancelled. */
export function defineTrain({ submit, poll, cancel, polling }: TrainSteps = {}): Operation {
  return defineJob({
    name: 'train',
    description: 'for tests',
    input: z.looseObject({}),
    submit: async (_, context) => submit?.(context) ?? 'job-1',
    poll: async ({ handle }, context) => poll?.(handle, context) ?? { done: true, result: 'model' },
    ...(cancel && { cancel: async ({ handle }, context) => cancel(handle, context) }),
    ...(polling && { polling }),
  });
}

/** What was done to a job. */
export interface TrainCalls {
  /** The idempotency key of each submit. */
  readonly submits: string[];
  polls: number;
  /** The handle of each cancel. */
  readonly cancels: Json[];
}

/** The job `train`, and the calls that it gets. */
export function defineCountedTrain(steps: TrainSteps = {}): {
  readonly operation: Operation;
  readonly calls: TrainCalls;
} {
  const calls: TrainCalls = { submits: [], polls: 0, cancels: [] };
  const operation = defineTrain({
    ...steps,
    submit: async (context) => {
      calls.submits.push(context.idempotencyKey);
      return steps.submit?.(context) ?? 'job-1';
    },
    poll: async (handle, context) => {
      calls.polls += 1;
      return steps.poll?.(handle, context) ?? { done: true, result: 'model' };
    },
    ...(steps.cancel && {
      cancel: async (handle, context) => {
        calls.cancels.push(handle);
        await steps.cancel?.(handle, context);
      },
    }),
  });
  return { operation, calls };
}

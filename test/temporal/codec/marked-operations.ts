// Operations of every kind that put the mark they are given into everything they can: results, progress, questions, errors,
// handles of jobs.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { OperationError } from '../../../src/contract/errors.ts';
import type { Json } from '../../../src/contract/json.ts';
import { defineOperation } from '../../../src/operations/define.ts';
import { defineJob } from '../../../src/operations/define-job.ts';
import type { Operation } from '../../../src/operations/operation.ts';

/** The operations, and what lets those end that a test looks at while they run. */
export interface MarkedOperations {
  readonly operations: readonly Operation[];
  readonly release: () => void;
}

const description = 'for tests';
const input = z.object({ mark: z.string(), until: z.string().optional() });
const question = (message: string) => ({
  message,
  requestedSchema: { type: 'object', properties: { text: { type: 'string' } } },
});

/** Creates the operations. `work` goes on until it is cancelled, `succeed` and `job` until they are released. */
export function createMarkedOperations(): MarkedOperations {
  let released = false;
  const untilReleased = async (signal: AbortSignal) => {
    while (!released) await sleep(20, undefined, { signal });
  };
  const operations = [
    defineOperation({
      name: 'succeed',
      description,
      input,
      run: async ({ mark }, context) => {
        context.progress(0.5, `half of ${mark} is done`);
        await untilReleased(context.signal);
        return { nested: [mark], [mark]: true };
      },
    }),
    defineOperation({ name: 'long', description, input, run: ({ mark }) => mark.repeat(8_000) }),
    defineOperation({
      name: 'refuse',
      description,
      input,
      policy: { retryAttempts: 1, retryInitialIntervalMs: 10 },
      run: ({ mark }): Json => {
        throw new OperationError('UPSTREAM_UNAVAILABLE', `upstream said ${mark}`, {
          details: { said: mark },
        });
      },
    }),
    defineOperation({
      name: 'crash',
      description,
      input,
      run: ({ mark }): Json => {
        throw new TypeError(`cannot read ${mark}`);
      },
    }),
    defineOperation({
      name: 'ask',
      description,
      input,
      askFirst: ({ mark }) => ({ first: question(`First ${mark}?`) }),
      run: ({ mark }, { ask }) => ({ ...ask({ second: question(`Second ${mark}?`) }) }),
    }),
    defineOperation({
      name: 'work',
      description,
      input,
      run: async ({ mark }, { signal }) => {
        await once(signal, 'abort');
        throw new Error(mark);
      },
    }),
    defineJob({
      name: 'job',
      description,
      input,
      polling: { initialIntervalMs: 50, maxIntervalMs: 50 },
      submit: async ({ mark }) => ({ handle: mark }),
      poll: async ({ parameters: { mark } }) =>
        released
          ? { done: true, result: mark }
          : { done: false, progress: { fraction: 0.1, message: `looking at ${mark}` } },
    }),
    defineJob({
      name: 'job_fails',
      description,
      input,
      submit: async ({ mark }) => ({ handle: mark }),
      poll: async ({ parameters: { mark } }) => {
        throw new OperationError('UPSTREAM_REJECTED', `no such job as ${mark}`);
      },
    }),
  ];
  return {
    operations,
    release: () => {
      released = true;
    },
  };
}

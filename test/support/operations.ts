// Operations that do on command what operations do in life, and keep count of their runs.
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { OperationError } from '../../src/contract/errors.ts';
import type { Json } from '../../src/contract/json.ts';
import { defineJob, defineOperation } from '../../src/operations/define.ts';
import { createRegistry, type Registry } from '../../src/operations/registry.ts';

/** A registry, and what its operations have done in this process. */
export interface TestOperations {
  readonly registry: Registry;
  /** How often each label was run. */
  readonly runs: ReadonlyMap<string, number>;
}

const label = z.string().default('');

/** Creates the operations; `report` hears of every run, for tests whose worker is another process. */
export function createTestOperations(report?: (label: string) => void): TestOperations {
  const runs = new Map<string, number>();
  const count = (name: string) => {
    runs.set(name, (runs.get(name) ?? 0) + 1);
    report?.(name);
  };
  const work = z.object({ label, ms: z.number() });
  const run = async (
    parameters: z.output<typeof work>,
    {
      signal,
      progress,
    }: { signal: AbortSignal; progress: (fraction: number, message: string) => void },
  ) => {
    count(parameters.label);
    progress(0.5, `working on ${parameters.label}`);
    await sleep(parameters.ms, null, { signal });
    return parameters.label;
  };
  const description = 'for tests';
  const registry = createRegistry([
    defineOperation({
      name: 'echo',
      description,
      input: z.object({ value: z.json() }),
      run: async ({ value }) => value as Json,
    }),
    defineOperation({ name: 'work', description, input: work, run }),
    defineOperation({ name: 'work_again', description, input: work, idempotent: true, run }),
    defineOperation({
      name: 'work_briefly',
      description,
      input: work,
      policy: { totalTimeoutSeconds: 20, attemptTimeoutSeconds: 1 },
      run,
    }),
    defineOperation({
      name: 'work_in_silence',
      description,
      input: work,
      policy: { heartbeatTimeoutSeconds: 60 },
      run,
    }),
    defineOperation({
      name: 'work_soon',
      description,
      input: work,
      policy: { totalTimeoutSeconds: 60, queueTimeoutSeconds: 1 },
      run,
    }),
    defineOperation({
      name: 'work_once_per_label',
      description,
      input: work,
      deriveKey: (parameters) => `label/${parameters.label}`,
      run,
    }),
    defineOperation({
      name: 'ignore_signal',
      description,
      input: work,
      run: async ({ ms }) => {
        await sleep(ms, null, { ref: false });
        return 'done all the same';
      },
    }),
    defineOperation({
      name: 'fail',
      description,
      input: z.object({
        label,
        code: z.enum(['UPSTREAM_UNAVAILABLE', 'UPSTREAM_REJECTED', 'OUTCOME_UNKNOWN']),
        times: z.number().default(1_000),
      }),
      policy: { retryAttempts: 2, retryInitialIntervalMs: 1_500, retryBackoffMultiplier: 1 },
      run: async (parameters) => {
        count(parameters.label);
        if (runs.get(parameters.label)! > parameters.times) return 'succeeded';
        throw new OperationError(parameters.code, 'as asked', { details: { upstream: [1] } });
      },
    }),
    defineJob({
      name: 'job',
      description,
      input: work,
      polling: { initialIntervalMs: 200 },
      submit: async () => Date.now(),
      poll: async ({ parameters, handle }) =>
        Date.now() - handle >= parameters.ms
          ? { done: true, result: 'job done' }
          : { done: false, progress: { fraction: 0.25, message: 'in the batch' } },
      cancel: async ({ parameters }) => {
        count(`cancelled ${parameters.label}`);
      },
    }),
  ]);
  return { registry, runs };
}

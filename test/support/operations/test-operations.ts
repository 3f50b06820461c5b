// Operations that do on command what operations do in life, and keep count of their runs.
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { OperationError } from '../../../src/contract/errors.ts';
import type { Json } from '../../../src/contract/json.ts';
import { defineOperation } from '../../../src/operations/define.ts';
import { defineJob } from '../../../src/operations/define-job.ts';
import type { LaneOption } from '../../../src/operations/lane.ts';
import { testLane } from './lane.ts';
import { createRegistry, type Registry } from '../../../src/operations/registry.ts';

/** A registry, and what its operations have done in this process. */
export interface TestOperations {
  readonly registry: Registry;
  /** How often each label was run. */
  readonly runs: ReadonlyMap<string, number>;
  /** The keys that `show_key` was given for its upstream, one for each attempt. */
  readonly keys: readonly string[];
  /** Ends all work of a label early, in this process: what runs, and what is yet to run. */
  readonly release: (label: string) => void;
}

const label = z.string().default('');

/** Creates the operations; `report` hears of every run, for tests whose worker is another process. */
export function createTestOperations(
  report?: (label: string) => void,
  lane: LaneOption = testLane,
): TestOperations {
  const runs = new Map<string, number>();
  const keys: string[] = [];
  const count = (name: string) => {
    runs.set(name, (runs.get(name) ?? 0) + 1);
    report?.(name);
  };
  const releases = new Map<string, AbortController>();
  const released = (name: string): AbortController => {
    const known = releases.get(name) ?? new AbortController();
    releases.set(name, known);
    return known;
  };
  const pass = async (ms: number, name: string, stop: AbortSignal): Promise<void> => {
    const { signal: early } = released(name);
    const signal = AbortSignal.any([stop, early]);
    await sleep(ms, null, { signal }).catch((aborted: unknown) => {
      if (!early.aborted) throw aborted;
    });
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
    await pass(parameters.ms, parameters.label, signal);
    return parameters.label;
  };
  const description = 'for tests';
  const registry = createRegistry(
    [
      defineOperation({
        name: 'echo',
        description,
        input: z.object({ value: z.json() }),
        run: async ({ value }) => value as Json,
      }),
      defineOperation({
        name: 'show_key',
        description,
        input: z.object({ label, times: z.number().default(1) }),
        policy: { retryAttempts: 2, retryInitialIntervalMs: 100 },
        run: async (parameters, { idempotencyKey }) => {
          count(parameters.label);
          keys.push(idempotencyKey);
          if (runs.get(parameters.label)! < parameters.times)
            throw new OperationError('UPSTREAM_UNAVAILABLE', 'as asked');
          return idempotencyKey;
        },
      }),
      defineOperation({ name: 'work', description, input: work, run }),
      defineOperation({
        name: 'work_for_long',
        description,
        input: work,
        policy: { totalTimeoutSeconds: 3_600, attemptTimeoutSeconds: 3_600 },
        run,
      }),
      defineOperation({ name: 'work_again', description, input: work, idempotent: true, run }),
      defineOperation({
        name: 'work_briefly',
        description,
        input: work,
        policy: { totalTimeoutSeconds: 60, attemptTimeoutSeconds: 1 },
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
        policy: { totalTimeoutSeconds: 60, queueTimeoutSeconds: 8 },
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
        policy: { retryAttempts: 2, retryInitialIntervalMs: 3_000, retryBackoffMultiplier: 1 },
        run: async (parameters) => {
          count(parameters.label);
          if (runs.get(parameters.label)! > parameters.times) return 'succeeded';
          throw new OperationError(parameters.code, 'as asked', { details: { upstream: [1] } });
        },
      }),
      defineOperation({
        name: 'fail_and_wait',
        description,
        input: z.object({ label }),
        policy: { retryAttempts: 1, retryInitialIntervalMs: 100_000 },
        run: async (parameters) => {
          count(parameters.label);
          throw new OperationError('UPSTREAM_UNAVAILABLE', 'as asked');
        },
      }),
      defineJob({
        name: 'submit_slowly',
        description,
        input: work,
        submit: async (parameters, { signal }) => {
          count(parameters.label);
          await pass(parameters.ms, parameters.label, signal);
          return 'job-1';
        },
        poll: async () => ({ done: false }),
        cancel: async () => undefined,
      }),
      defineJob({
        name: 'job',
        description,
        input: work,
        polling: { initialIntervalMs: 200 },
        submit: async () => Date.now(),
        poll: async ({ parameters, handle }) =>
          Date.now() - handle >= parameters.ms || released(parameters.label).signal.aborted
            ? { done: true, result: 'job done' }
            : { done: false, progress: { fraction: 0.25, message: 'in the batch' } },
        cancel: async ({ parameters }) => {
          count(`cancelled ${parameters.label}`);
        },
      }),
    ],
    {},
    lane,
  );
  return {
    registry,
    runs,
    keys,
    release: (name) => {
      released(name).abort();
    },
  };
}

// Operations that differ by their policy alone, and do what their parameters say.
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { OperationError, type ErrorCode } from '../../../src/contract/errors.ts';
import type { Lane } from '../../../src/contract/lane.ts';
import { defineOperation } from '../../../src/operations/define.ts';
import type { PolicyOptions } from '../../../src/operations/policy.ts';
import { createRegistry, type Registry } from '../../../src/operations/registry.ts';

const QUICK = { heartbeatTimeoutSeconds: 5 };

const POLICIES = {
  plain: {},
  retried: { retryAttempts: 3, retryInitialIntervalMs: 200, retryBackoffMultiplier: 3 },
  retried_late: { retryAttempts: 1, retryInitialIntervalMs: 100_000 },
  retried_soon: { retryAttempts: 1, retryInitialIntervalMs: 3_000, totalTimeoutSeconds: 8 },
  brief: { attemptTimeoutSeconds: 1 },
  soon: { queueTimeoutSeconds: 2 },
  short: { totalTimeoutSeconds: 3 },
  unsafe: QUICK,
  safe: QUICK,
  safe_once: { ...QUICK, recoveryAttempts: 0 },
  switched: { breakerFailures: 5 },
  alone: { concurrency: 1 },
  paced: { ratePerSecond: 1 },
} satisfies Readonly<Record<string, PolicyOptions>>;

export type LaneOperation = keyof typeof POLICIES;

const QUESTIONS = {
  sure: { message: 'Sure?', requestedSchema: { type: 'object', properties: {} } },
};

const input = z.strictObject({
  label: z.string(),
  /** How many of the first runs fail. */
  failures: z.number().default(0),
  code: z.string().default('UPSTREAM_UNAVAILABLE'),
  retryAfterMs: z.number().optional(),
  /** How long a run lasts, unless it is released. */
  ms: z.number().default(0),
  /** Whether it goes on when it is to stop. */
  deaf: z.boolean().default(false),
  asks: z.boolean().default(false),
  /** What it returns beside. */
  value: z.string().default(''),
});

/** Parameters but for the label, which a story has. */
export type LaneParameters = {
  readonly [Name in keyof z.input<typeof input>]?: NonNullable<z.input<typeof input>[Name]>;
};

/** What the operations have done in this process, and what ends their runs. */
export interface LaneOperations {
  readonly toRegistry: (lane: Lane) => Registry;
  /** When each run of a label began. */
  readonly runs: ReadonlyMap<string, readonly number[]>;
  /** How many of an operation's runs were there at once, at most. */
  readonly peaks: ReadonlyMap<string, number>;
  readonly release: (label: string) => void;
}

export function createLaneOperations(report?: (label: string) => void): LaneOperations {
  const runs = new Map<string, number[]>();
  const peaks = new Map<string, number>();
  const open = new Map<string, number>();
  const releases = new Map<string, AbortController>();
  const released = (label: string): AbortController => {
    const known = releases.get(label) ?? new AbortController();
    releases.set(label, known);
    return known;
  };
  const hold = async (ms: number, signals: AbortSignal[], early: AbortSignal): Promise<void> => {
    const signal = AbortSignal.any([...signals, early]);
    await sleep(ms, null, { signal }).catch((aborted: unknown) => {
      if (!early.aborted) throw aborted;
    });
  };
  const operations = Object.entries(POLICIES).map(([name, policy]) =>
    defineOperation({
      name,
      description: 'for tests',
      input,
      policy,
      idempotent: name.startsWith('safe'),
      run: async ({ label, failures, code, retryAfterMs, ms, deaf, asks, value }, context) => {
        const began = [...(runs.get(label) ?? []), Date.now()];
        runs.set(label, began);
        report?.(label);
        context.progress(0.5, `run ${began.length}`);
        if (asks) context.ask(QUESTIONS);
        const atOnce = (open.get(name) ?? 0) + 1;
        open.set(name, atOnce);
        peaks.set(name, Math.max(peaks.get(name) ?? 0, atOnce));
        try {
          await hold(ms, deaf ? [] : [context.signal], released(label).signal);
        } finally {
          open.set(name, open.get(name)! - 1);
        }
        if (began.length > failures) return `run ${began.length}${value}`;
        throw new OperationError(code as ErrorCode, `failed ${began.length}`, {
          retryAfterMs,
          details: { run: began.length },
        });
      },
    }),
  );
  return {
    runs,
    peaks,
    toRegistry: (lane) => createRegistry(operations, {}, lane),
    release: (label) => {
      released(label).abort();
    },
  };
}

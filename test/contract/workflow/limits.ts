// Limits of a task that may be repeated, for the tests of what follows an attempt.
import type { Limits } from '../../../src/contract/workflow/next-step.ts';

export const STOP = { again: false };
export const retry = {
  attempts: 3,
  initialIntervalMs: 1_000,
  backoffCoefficient: 2,
  maximumIntervalMs: 30_000,
};
export const limits: Limits = { idempotent: true, retry, totalMs: 120_000, leftMs: 100_000 };

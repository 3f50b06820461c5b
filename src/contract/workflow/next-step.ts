// What follows a failed attempt: a pure decision. Two repetitions are kept apart. *Retry*: the operation failed and
// said so; the policy decides. *Recovery*: the attempt vanished with its worker; an idempotent operation runs again
// within its total time, any other never runs twice.
import { toBackOffMs } from '../back-off.ts';
import type { TaskError } from '../errors.ts';
import type { RetryPolicy } from './policy.ts';
import type { AttemptsBefore, TaskInput } from './task-input.ts';
import { DEADLINE_ERROR, type AttemptFailure } from './attempt-failure.ts';

export const NOTHING_BEFORE: AttemptsBefore = {
  attempt: 0,
  failures: 0,
  losses: 0,
  lastRun: null,
  effect: 'none',
  spentMs: 0,
  waitedMs: 0,
};

export function countFailure(
  before: AttemptsBefore,
  failure: AttemptFailure,
  attempt: number,
): AttemptsBefore {
  const { cause, error } = failure;
  const { failures, losses, lost = 0, putOffs = 0 } = before;
  const isCounted = !isPutOff(failure) && !isLoss(failure);
  const reached = cause !== 'not_run' && !isPutOff(failure) && error.code !== 'QUEUE_TIMEOUT';
  const inDoubt = cause === 'lost' || ['ATTEMPT_TIMEOUT', 'OUTCOME_UNKNOWN'].includes(error.code);
  return {
    ...before,
    failures: failures + Number(isCounted),
    losses: losses + Number(isLoss(failure)),
    lost: lost + Number(cause === 'lost'),
    putOffs: putOffs + Number(isPutOff(failure)),
    ...(reached && { lastRun: attempt }),
    ...(inDoubt && { effect: 'unknown' }),
  };
}

export interface Tally {
  /** Failures that count against the policy's retries, this one included. */
  readonly failures: number;
  /** Attempts that vanished or never reached the operation, this one included. */
  readonly losses: number;
  /** Attempts that vanished, this one included. Default: none. */
  readonly lost?: number;
  /** Attempts that were put off, this one included. Default: none. */
  readonly putOffs?: number;
}

export interface Limits {
  /** Whether an attempt that may have taken effect may be repeated. */
  readonly idempotent: boolean;
  readonly retry: RetryPolicy;
  /** How often an attempt that vanished is run again. Absent: as often as the time holds. */
  readonly recoveries?: number | undefined;
  readonly totalMs: number;
  /** Time left of the total, in milliseconds. */
  readonly leftMs: number;
  /** Whether an attempt whose answer was lost may be retried, as the policy says. Default: it may not. */
  readonly retriesUnknown?: boolean;
  /** Time that the attempt after a pause must still have, in milliseconds. Default: 0. */
  readonly reserveMs?: number;
  /** When the turn of an attempt that was put off may come, in milliseconds. Default: nobody knows. */
  readonly turnMs?: number;
}

/** Rules that not every task has: those of an earlier version go on without. */
export type LaterRule = 'retriesUnknown' | 'reserve' | 'turn';

/**
 * What decides about the attempt after one that has failed.
 *
 * @param left what was left of the task's total and of its time in the queue when the attempt failed, in milliseconds
 * @param has asked only for a rule that matters. Default: a task has all of them
 */
export function toLimits(
  { idempotent, policy }: Pick<TaskInput, 'idempotent' | 'policy'>,
  failure: AttemptFailure,
  attempt: number,
  left: Readonly<Record<'totalMs' | 'queueMs', number>>,
  has: (rule: LaterRule) => boolean = () => true,
): Limits {
  const { cause, error } = failure;
  return {
    idempotent,
    retry: policy.retry,
    recoveries: policy.recoveries,
    totalMs: policy.totalMs,
    leftMs:
      cause === 'queued' && attempt === 1 ? Math.min(left.totalMs, left.queueMs) : left.totalMs,
    ...(error.code === 'OUTCOME_UNKNOWN' &&
      cause === 'reported' &&
      idempotent &&
      has('retriesUnknown') && { retriesUnknown: true }),
    ...(isPutOff(failure) && has('reserve') && { reserveMs: toReserve(policy.totalMs) }),
    ...(failure.turnMs !== undefined && has('turn') && { turnMs: failure.turnMs }),
  };
}

/** The error of an attempt, as its task may say it: what says that nothing was run must not hide an attempt before it. */
export function toShownError({ error }: AttemptFailure, lastRun: number | null): TaskError {
  return error.code === 'QUEUE_TIMEOUT' && lastRun !== null ? DEADLINE_ERROR : error;
}

/** Run again after a pause, in milliseconds; or stop. */
export type NextStep =
  | {
      readonly again: true;
      readonly afterMs: number;
      readonly kind: 'retry' | 'recovery' | 'next try to begin';
    }
  | { readonly again: false };

const STOP: NextStep = { again: false };

/** Whether a failed attempt is repeated by recovery, not by retry. */
export function isLoss({ cause }: AttemptFailure): boolean {
  return cause === 'lost' || cause === 'not_run';
}

/** Whether an attempt was sent back before it began, to come again. */
export function isPutOff({ cause }: AttemptFailure): boolean {
  return cause === 'put_off' || cause === 'queued';
}

export function decideNextStep(failure: AttemptFailure, tally: Tally, limits: Limits): NextStep {
  const step = decide(failure, tally, limits);
  // A pause that outlasts the task is no plan: better to fail now, with the reason.
  return step.again && step.afterMs + (limits.reserveMs ?? 0) >= limits.leftMs ? STOP : step;
}

function decide(failure: AttemptFailure, tally: Tally, limits: Limits): NextStep {
  if (isPutOff(failure)) return decideReturn(failure, tally, limits);
  return isLoss(failure)
    ? decideRecovery(failure, tally, limits)
    : decideRetry(failure, tally, limits);
}

/** Nothing was run, so it is no retry; and the task comes back until its time is up. */
function decideReturn({ error }: AttemptFailure, { putOffs = 1 }: Tally, limits: Limits): NextStep {
  const { turnMs, leftMs } = limits;
  const maximumIntervalMs = toLongestPause(limits);
  const grown =
    turnMs === undefined
      ? pause({ ...RECOVERY, maximumIntervalMs }, putOffs)
      : Math.max(turnMs, pause({ ...TURNS, maximumIntervalMs }, putOffs));
  // What is left is not slept away: towards its end, the task tries more often.
  const pauseMs = Math.min(grown, Math.max(RECOVERY.initialIntervalMs, leftMs / 2));
  const afterMs = Math.ceil(Math.max(pauseMs, error.retryAfterMs ?? 0));
  return { again: true, afterMs, kind: 'next try to begin' };
}

function decideRecovery(
  { cause }: AttemptFailure,
  { losses, lost = 0 }: Tally,
  limits: Limits,
): NextStep {
  const mayHaveRun = cause === 'lost';
  if (mayHaveRun && !limits.idempotent) return STOP;
  if (mayHaveRun && isSpent(lost, limits)) return STOP;
  const atOnce = mayHaveRun && losses === 1;
  if (atOnce) return { again: true, afterMs: 0, kind: 'recovery' };
  const grown = pause({ ...RECOVERY, maximumIntervalMs: toLongestPause(limits) }, losses);
  // A task that names its recoveries does not end while it has time for another.
  const afterMs =
    limits.recoveries === undefined
      ? grown
      : Math.ceil(Math.min(grown, Math.max(RECOVERY.initialIntervalMs, limits.leftMs / 2)));
  return { again: true, afterMs, kind: 'recovery' };
}

function isSpent(lost: number, { recoveries = Infinity }: Limits): boolean {
  return lost > recoveries;
}

/** Why an attempt that vanished is not run again, where its operation could be; empty otherwise. */
export function toLossReason(
  { cause }: AttemptFailure,
  { lost = 0 }: Tally,
  limits: Limits,
): string {
  if (cause !== 'lost' || !limits.idempotent) return '';
  return isSpent(lost, limits)
    ? `; it vanished ${lost} times, and is run again ${limits.recoveries ?? 0} times at most (policy.recoveryAttempts)`
    : `; it vanished ${lost} times, and the total time leaves none for another attempt`;
}

function decideRetry({ error }: AttemptFailure, { failures }: Tally, limits: Limits): NextStep {
  const { idempotent, retry, retriesUnknown = false } = limits;
  const mayHelp = error.retryable || (error.code === 'OUTCOME_UNKNOWN' && retriesUnknown);
  if (!mayHelp || failures > retry.attempts) return STOP;
  if (error.code === 'QUEUE_TIMEOUT' || error.code === 'DEADLINE_EXCEEDED') return STOP;
  if (error.code === 'ATTEMPT_TIMEOUT' && !idempotent) return STOP;
  const afterMs = Math.max(pause(retry, failures), Math.ceil(error.retryAfterMs ?? 0));
  return { again: true, afterMs, kind: 'retry' };
}

/** Pauses between recoveries grow: a worker that keeps dying is not driven in a loop. */
const RECOVERY = { initialIntervalMs: 1_000, backoffCoefficient: 2 };

/** Pauses of one that is told its turn grow slowly: only in a task of days would its turns be too many for one history. */
const TURNS = { initialIntervalMs: 1_000, backoffCoefficient: 1.02 };

/**
 * What an attempt after a put-off must still have of its total, in milliseconds. With less it would be cut off before it
 * could say anything, and a task of which nothing was run would end as one that may have taken effect.
 */
export function toReserve(totalMs: number): number {
  return Math.max(RECOVERY.initialIntervalMs, totalMs / 200);
}

/** Longest pause before a recovery: a total of any length holds some 200 of them, so the history stays small. */
export function toLongestPause({ totalMs }: Pick<Limits, 'totalMs'>): number {
  return Math.max(30_000, totalMs / 200);
}

/** The pause after the n-th failure, n counted from 1, in whole milliseconds. */
function pause(
  {
    initialIntervalMs,
    backoffCoefficient,
    maximumIntervalMs,
  }: Pick<RetryPolicy, 'initialIntervalMs' | 'backoffCoefficient' | 'maximumIntervalMs'>,
  n: number,
): number {
  return Math.round(toBackOffMs(initialIntervalMs, backoffCoefficient, n - 1, maximumIntervalMs));
}

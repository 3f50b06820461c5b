// A task that is one standalone activity: what it is started with, and what it keeps of its attempts. Gateway and worker are deployed apart
// and differ in age: fields are only ever added, and a new one is optional.
import { isJsonObject, type Json } from '../json.ts';
import { parseProgress } from '../progress.ts';
import type { Progress } from '../task.ts';
import type { OperationKind } from '../workflow/activity-id.ts';
import type { TaskMemo } from '../workflow/memo.ts';
import { NOTHING_BEFORE } from '../workflow/next-step.ts';
import type { Policy } from '../workflow/policy.ts';
import type { AttemptInput, AttemptsBefore, TaskOutput } from '../workflow/task-input.ts';

/** The argument of the activity. */
export interface ActivityTask extends Pick<
  AttemptInput,
  'parameters' | 'storedParameters' | 'idempotencyKey' | 'principal'
> {
  readonly kind: Extract<OperationKind, 'run' | 'call'>;
  /** Whether an attempt that vanished with its worker may run again. */
  readonly idempotent: boolean;
  readonly policy: Policy;
  /** How long after its start the task begins, in milliseconds; its time counts from then. Absent: at once. */
  readonly startAfterMs?: number;
}

/** The header in which an activity keeps what a workflow keeps in its memo: what the gateway writes at the start. */
export const TASK_HEADER = 'longhaul-task';

export interface TaskHeader extends TaskMemo {
  /** Whether an attempt that vanished would run again: absent where it would not. */
  readonly runsAgain?: true;
}

/**
 * How much later than the limit of an attempt Temporal takes it for vanished, in milliseconds: the worker that runs it says before
 * that its time was up.
 */
export const ATTEMPT_MARGIN_MS = 10_000;

/** How long an attempt counts as short, in milliseconds: a cancel need not reach it before its end. */
const SHORT_MS = 1_000;

export interface ActivityOutput extends TaskOutput {
  /** When a short attempt ended, in milliseconds since the epoch. Then nothing else has to be asked for to know the end. */
  readonly endedAt?: number;
}

/**
 * When an attempt ended, if it was short. A worker whose clock is not that of the server does not say it.
 *
 * @param scheduledAt since when it waited for a worker, by the server's clock
 * @param endedAt its end, by the worker's clock
 */
export function toEndedAt(scheduledAt: number, endedAt: number): Pick<ActivityOutput, 'endedAt'> {
  const tookMs = endedAt - scheduledAt;
  return tookMs >= 0 && tookMs < SHORT_MS ? { endedAt } : {};
}

export function parseEndedAt(output: unknown): number | null {
  const endedAt = isJsonObject(output) ? output['endedAt'] : null;
  return typeof endedAt === 'number' ? endedAt : null;
}

/** What is known of the attempts that have ended. */
export interface Tally {
  /** How many of Temporal's attempts it covers. */
  readonly attempts: number;
  readonly soFar: AttemptsBefore;
}

export const NO_TALLY: Tally = { attempts: 0, soFar: NOTHING_BEFORE };

/** Heartbeat details: Temporal keeps the last ones from attempt to attempt, and hands them to the next. */
export function toHeartbeat(progress: Progress | null, tally: Tally): Json {
  return { ...progress, tally: tally as unknown as Json };
}

export function parseHeartbeat(details: unknown): {
  readonly progress: Progress | null;
  readonly tally: Tally;
} {
  const { tally = null } = isJsonObject(details) ? details : {};
  return { progress: parseProgress(details), tally: isTally(tally) ? tally : NO_TALLY };
}

/** Which attempt of its task one of Temporal's is, counted from 1, as far as the heartbeat of those before tells. */
export function toAttempt({
  attempt,
  heartbeatDetails,
}: {
  readonly attempt: number;
  readonly heartbeatDetails?: unknown;
}): number {
  const { attempts, soFar } = parseHeartbeat(heartbeatDetails).tally;
  return soFar.attempt + Math.max(1, attempt - attempts);
}

/** A tally in doubt counts as none: then the attempts before count as vanished, which runs nothing twice. */
function isTally(value: unknown): value is Tally {
  if (!isJsonObject(value) || !isJsonObject(value['soFar'])) return false;
  const { attempt, failures, losses, lost = 0, putOffs = 0, lastRun } = value['soFar'];
  const counts = [value['attempts'], attempt, failures, losses, lost, putOffs, lastRun ?? 0];
  return counts.every((count) => Number.isInteger(count) && Number(count) >= 0);
}

// From what describe shows of a running activity to the state of its task. A pure function, tested as a table.
import { parseHeartbeat, toAttempt } from '../../../contract/activity/task.ts';
import type { Progress, TaskState } from '../../../contract/task.ts';
import type { Reports } from '../reports.ts';
import { PAUSED, QUEUED, WAITS } from '../waiting.ts';
import { ATTEMPT_PUT_OFF } from '../../../contract/workflow/task-input.ts';

/** A running activity, decoded as far as the gateway reads it. */
export interface RunningActivity extends Reports {
  /** Whether a worker runs it. */
  readonly started: boolean;
  /** Whether an operator holds it back. */
  readonly paused: boolean;
  /** Temporal's count, from 1. */
  readonly attempt: number;
}

/** The state of a running task; the caller fills in `workerPresent`. */
export function toActivityState({
  started,
  paused,
  attempt,
  heartbeat,
  failure,
}: RunningActivity): TaskState {
  const { progress } = parseHeartbeat(heartbeat);
  const ended = toAttempt({ attempt, heartbeatDetails: heartbeat }) - 1;
  if (started) return { status: 'processing', attempt: ended + 1, progress };
  const putOff = failure?.type === ATTEMPT_PUT_OFF ? toPutOff(failure.detail) : null;
  if (attempt === 1 || (putOff === QUEUED && ended === 0)) {
    return { status: 'pending', workerPresent: null };
  }
  const held = paused ? PAUSED : putOff;
  return { status: 'processing', attempt: Math.max(1, ended), progress: held ?? progress };
}

/** The last attempt that reached the operation, as far as anybody knows; `null` when none did. */
export function toLastRun(activity: RunningActivity): number | null {
  const { soFar } = parseHeartbeat(activity.heartbeat).tally;
  const unreported = countUnreported(activity);
  return unreported > 0 ? soFar.attempt + unreported : soFar.lastRun;
}

/** Attempts that began and did not say how they ended: one that runs, and those that vanished. */
export function countUnreported({ started, attempt, heartbeat }: RunningActivity): number {
  return attempt - parseHeartbeat(heartbeat).tally.attempts - (started ? 0 : 1);
}

function toPutOff(detail: unknown): Progress {
  return (detail as { readonly code?: unknown } | null)?.code === 'RATE_LIMITED' ? QUEUED : WAITS;
}

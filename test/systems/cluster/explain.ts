// Why a task was not completed: from what Temporal recorded of it, what was done to the cluster meanwhile, and whether the machine
// had time. A failure that none of them explains is a defect.
import { BUSY_BELOW } from './machine.ts';
import type { Suffered } from './faults.ts';
import type { AttemptRecord } from './history.ts';
import type { ClusterRun } from './scenario.ts';

/** A reason. */
export interface Explanation {
  /** What the failure goes back to. */
  readonly by: 'fault' | 'machine';
  /** One sentence. */
  readonly text: string;
}

/** Explains a task that failed; `null` where nothing does. */
export function explain(
  { code, history, audits, idle }: ClusterRun,
  faults: readonly Suffered[],
): Explanation | null {
  const created = Date.parse(audits[0]?.created_at ?? '');
  const updated = Date.parse(audits[0]?.updated_at ?? '');
  const lost = history.attempts.findLast(({ end }) => end === 'timed out' || end === 'failed');
  const fault = lost && code === 'OUTCOME_UNKNOWN' ? findFault(lost, faults) : undefined;
  if (lost && fault) {
    const ranMs = fault.at - (lost.startedAt ?? lost.scheduledAt);
    const when = ranMs >= 0 ? 'before' : 'after';
    return {
      by: 'fault',
      text: `${lost.name} began ${toSeconds(Math.abs(ranMs))} ${when}: ${fault.name}`,
    };
  }
  if (idle >= BUSY_BELOW) return null;
  const lifeMs = updated - created;
  return {
    by: 'machine',
    text:
      `of its ${toSeconds(lifeMs)} it waited ${toSeconds(toWaitedMs(history.attempts))} for a worker, ` +
      `while the processors were idle for ${Math.round(idle * 100)} % of the time`,
  };
}

/** What was done while an attempt ran. Who ran it is not known where it was killed before its request went out. */
function findFault(
  { scheduledAt, startedAt, endedAt, worker }: AttemptRecord,
  faults: readonly Suffered[],
): Suffered | undefined {
  const from = startedAt ?? scheduledAt;
  return faults.find(
    ({ costs, at, until }) =>
      (costs === 'all' || (costs !== undefined && (worker ?? costs) === costs)) &&
      until >= from &&
      at <= (endedAt ?? Infinity),
  );
}

function toWaitedMs(attempts: readonly AttemptRecord[]): number {
  return attempts
    .map(
      ({ scheduledAt, startedAt, endedAt }) => (startedAt ?? endedAt ?? scheduledAt) - scheduledAt,
    )
    .reduce((sum, ms) => sum + ms, 0);
}

function toSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

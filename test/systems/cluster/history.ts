// What Temporal itself recorded of a task: when each attempt waited and ran, on which worker, and when the task was to end at the
// latest. It is written by the server's clock, whatever the gateway and the worker believe.
import type { Client } from '@temporalio/client';
import { toMs } from '../../../src/temporal/calls/timestamp.ts';
import type { Member } from './members.ts';

/** One attempt, or one look at a job. Instants are milliseconds since the epoch. */
export interface AttemptRecord {
  /** `attempt-1`, `poll-1` and so on. */
  readonly name: string;
  readonly scheduledAt: number;
  /** `null` when no worker took it. */
  readonly startedAt: number | null;
  /** The worker that took it. */
  readonly worker: Member | null;
  readonly endedAt: number | null;
  /** How it ended. */
  readonly end: 'completed' | 'failed' | 'timed out' | 'cancelled' | null;
}

/** A task, as recorded. */
export interface TaskHistory {
  readonly startedAt: number;
  /** How long after it Temporal was to end the task at the latest, in milliseconds. */
  readonly timeoutMs: number;
  readonly attempts: readonly AttemptRecord[];
}

/** Reads what was recorded of a workflow; `memberOf` knows workers by their process ids. */
export async function readTaskHistory(
  client: Client,
  workflowId: string,
  memberOf: (pid: number) => Member | null,
): Promise<TaskHistory> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const attempts = new Map<string, AttemptRecord>();
  let startedAt = Number.NaN;
  let timeoutMs = Number.NaN;
  for (const event of events ?? []) {
    const at = toMs(event.eventTime);
    const begun = event.workflowExecutionStartedEventAttributes;
    if (begun) {
      startedAt = at;
      timeoutMs = toMs(begun.workflowRunTimeout);
    }
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      attempts.set(String(event.eventId), {
        name: scheduled.activityId ?? '',
        scheduledAt: at,
        startedAt: null,
        worker: null,
        endedAt: null,
        end: null,
      });
    }
    const add = (of: { readonly scheduledEventId?: unknown }, more: Partial<AttemptRecord>) => {
      const id = String(of.scheduledEventId);
      const attempt = attempts.get(id);
      if (attempt) attempts.set(id, { ...attempt, ...more });
    };
    const started = event.activityTaskStartedEventAttributes;
    if (started) {
      // The SDK calls a worker by its process id and its machine.
      const worker = memberOf(Number.parseInt(started.identity ?? '', 10));
      add(started, { startedAt: at, worker });
    }
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed) add(completed, { endedAt: at, end: 'completed' });
    const failed = event.activityTaskFailedEventAttributes;
    if (failed) add(failed, { endedAt: at, end: 'failed' });
    const late = event.activityTaskTimedOutEventAttributes;
    if (late) add(late, { endedAt: at, end: 'timed out' });
    const cancelled = event.activityTaskCanceledEventAttributes;
    if (cancelled) add(cancelled, { endedAt: at, end: 'cancelled' });
  }
  return { startedAt, timeoutMs, attempts: [...attempts.values()] };
}

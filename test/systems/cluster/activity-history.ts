// What Temporal kept of a task in the activity lane, in the words of a history, which there is none of: when it began and was to end,
// its latest attempt, and that the first one was lost where it was. Who ran that one, the upstream has seen.
import type { Client } from '@temporalio/client';
import { toMs } from '../../../src/temporal/calls/timestamp.ts';
import type { Arrival } from '../upstream.ts';
import type { AttemptRecord, TaskHistory } from './history.ts';
import type { Member } from './members.ts';

/** Reads what was kept of an activity, of which requests have arrived upstream; `memberOf` knows workers by their process ids. */
export async function readActivityHistory(
  client: Client,
  activityId: string,
  [first]: readonly Arrival[],
  memberOf: (pid: number) => Member | null,
): Promise<TaskHistory> {
  const { namespace } = client.options;
  const { info } = await client.workflowService.describeActivityExecution({
    namespace,
    activityId,
  });
  const { attempt = 1, lastStartedTime, closeTime, lastWorkerIdentity } = info ?? {};
  const startedAt = toMs(info?.scheduleTime);
  const latest: AttemptRecord = {
    name: `attempt-${attempt ?? 1}`,
    scheduledAt: startedAt,
    startedAt: lastStartedTime ? toMs(lastStartedTime) : null,
    worker: memberOf(Number.parseInt(lastWorkerIdentity ?? '', 10)),
    endedAt: closeTime ? toMs(closeTime) : null,
    end: null,
  };
  const lost: AttemptRecord = {
    name: 'attempt-1',
    scheduledAt: startedAt,
    startedAt: first?.at ?? null,
    worker: (first?.by ?? null) as Member | null,
    endedAt: latest.startedAt,
    end: 'timed out',
  };
  return {
    startedAt,
    timeoutMs: toMs(info?.scheduleToCloseTimeout),
    attempts: (attempt ?? 1) > 1 ? [lost, latest] : [latest],
  };
}

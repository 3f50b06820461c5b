// The steps of a task that is one activity, for people. Temporal keeps no history of it: how it began, its latest attempt, the last
// failure before, and how many attempts there were.
import type { temporal } from '@temporalio/proto';
import proto from '@temporalio/proto';
import { parseHeartbeat, toAttempt } from '../../contract/activity/task.ts';
import { toMs } from '../calls/timestamp.ts';
import { isOpen } from '../lanes/activity/describe.ts';
import { toReason, toTime, type Step } from './history-steps.ts';

type Info = temporal.api.activity.v1.IActivityExecutionInfo;

/** What describe shows, decoded. */
export interface DescribedActivity {
  readonly info: Info;
  /** How the last attempt failed that did; absent where none has. */
  readonly failure: Error | undefined;
  readonly heartbeat: unknown;
  /** Who ended it; `null` while it runs. */
  readonly endedBy: 'result' | 'failure' | 'server' | null;
}

const {
  PENDING_ACTIVITY_STATE_STARTED,
  PENDING_ACTIVITY_STATE_CANCEL_REQUESTED,
  PENDING_ACTIVITY_STATE_PAUSED,
  PENDING_ACTIVITY_STATE_PAUSE_REQUESTED,
} = proto.temporal.api.enums.v1.PendingActivityState;

export function toEndedBy(
  info: Info,
  outcome: temporal.api.activity.v1.IActivityExecutionOutcome | null | undefined,
): DescribedActivity['endedBy'] {
  if (isOpen(info)) return null;
  if (outcome?.result) return 'result';
  return outcome?.failure?.applicationFailureInfo ? 'failure' : 'server';
}

export function toActivitySteps(described: DescribedActivity, now: number): Step[] {
  const { info, failure, heartbeat, endedBy } = described;
  const scheduledAt = toMs(info.scheduleTime);
  const startedAt = toMs(info.lastStartedTime);
  const completedAt = toMs(info.lastAttemptCompleteTime);
  const current = toAttempt({ attempt: info.attempt ?? 1, heartbeatDetails: heartbeat });
  const isByWorker = endedBy === 'result' || endedBy === 'failure';
  // Which attempt the last start belongs to: while the next one waits, to the one before.
  const started = isByWorker || startedAt > completedAt ? current : current - 1;
  const failed = endedBy === 'failure' ? current : current - 1;
  const steps: Step[] = [{ at: scheduledAt, text: 'accepted' }];
  const add = (at: number, text: string) => steps.push({ at, text });

  const failedStep = (at: number) => {
    if (failure && failed > 0) add(at, `attempt ${failed} ${toReason(failure)}`);
  };
  const earlier = describeEarlier(heartbeat, info.attempt ?? 1);
  if (earlier !== '' && startedAt > 0) add(startedAt, earlier);
  if (failed < started) failedStep(completedAt > 0 ? Math.min(completedAt, startedAt) : startedAt);
  if (startedAt > 0 && started > 0) {
    add(startedAt, `attempt ${started} runs on ${info.lastWorkerIdentity ?? 'a worker'}`);
  }
  if (failed >= started) failedStep(completedAt);
  if (endedBy === 'result') add(completedAt, `attempt ${current} brought a result`);
  const reason = info.canceledReason ?? '';
  if (reason !== '' || info.runState === PENDING_ACTIVITY_STATE_CANCEL_REQUESTED) {
    add(
      info.closeTime ? toMs(info.closeTime) : now,
      `a cancel was requested${reason && `: ${reason}`}`,
    );
  }
  if (endedBy === null) add(now, `attempt ${current} ${toStanding(info, now)}`);
  return steps.sort((one, other) => one.at - other.at);
}

/** The attempts before the latest, which are counted; `''` where at most one was, which is told by itself. */
function describeEarlier(heartbeat: unknown, attempt: number): string {
  const { attempts, soFar } = parseHeartbeat(heartbeat).tally;
  const { failures, losses, putOffs = 0 } = soFar;
  const vanished = losses + Math.max(0, attempt - 1 - attempts);
  if (failures + vanished + putOffs < 2) return '';
  const counts = [
    ...(failures > 0 ? [`${failures} failed`] : []),
    ...(vanished > 0 ? [`${vanished} vanished or were not run`] : []),
    ...(putOffs > 0 ? [`${putOffs} were put off`] : []),
  ];
  return `of the attempts before, ${counts.join(', ')}`;
}

function toStanding(info: Info, now: number): string {
  const { runState } = info;
  if (
    runState === PENDING_ACTIVITY_STATE_STARTED ||
    runState === PENDING_ACTIVITY_STATE_CANCEL_REQUESTED ||
    runState === PENDING_ACTIVITY_STATE_PAUSE_REQUESTED
  ) {
    const lastSign = Math.max(toMs(info.lastStartedTime), toMs(info.lastHeartbeatTime));
    return `runs; last sign of life ${toTime(now - lastSign)} ago`;
  }
  if (runState === PENDING_ACTIVITY_STATE_PAUSED) return 'is paused in Temporal';
  const dueAt = Math.max(toMs(info.nextAttemptScheduleTime), toMs(info.executionTime));
  if (dueAt > now) return `is due in ${toTime(dueAt - now)}`;
  return `waits for a worker, for ${toTime(now - Math.max(dueAt, toMs(info.scheduleTime)))}`;
}

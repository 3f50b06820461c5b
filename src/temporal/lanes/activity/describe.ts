// Describe: one call that needs no worker and carries status, header, heartbeat and outcome. Concurrent reads of one task share calls; no
// answer is older than its question.
import type { Client } from '@temporalio/client';
import {
  TimeoutFailure,
  type LoadedDataConverter,
  type SerializationContext,
} from '@temporalio/common';
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
  decodeOptionalSinglePayload,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import proto, { type temporal } from '@temporalio/proto';
import { parseEndedAt, TASK_HEADER } from '../../../contract/activity/task.ts';
import { isJsonObject } from '../../../contract/json.ts';
import { parseTaskMemo } from '../../../contract/workflow/memo.ts';
import { isNotFound, toReadError } from '../../calls/failure.ts';
import { withLimit } from '../../calls/call-limit.ts';
import { toMs } from '../../calls/timestamp.ts';
import { createFreshShare } from '../../../tasks/share.ts';
import type { Closing, Standing } from '../lane.ts';
import { toReason, withReason } from '../reason.ts';
import { toCancelRequested, toOutcome } from '../outcome.ts';
import { decodeReports } from '../reports.ts';
import { toFailedOutcome } from './closing.ts';
import { toContext } from './context.ts';
import { countUnreported, toActivityState, toLastRun, type RunningActivity } from './state.ts';

const { ActivityExecutionStatus, PendingActivityState } = proto.temporal.api.enums.v1;

type Description = temporal.api.workflowservice.v1.IDescribeActivityExecutionResponse;
type Info = temporal.api.activity.v1.IActivityExecutionInfo;
type Outcome = temporal.api.activity.v1.IActivityExecutionOutcome;

/** Describes through `client`, each call limited to `limitMs` milliseconds; `null` when there is none, or when it is no task. */
export function createDescribeActivity(
  client: Client,
  namespace: string,
  limitMs: number,
): (activityId: string) => Promise<Standing | null> {
  const share = createFreshShare<Standing | null>();
  const describe = async (activityId: string): Promise<Standing | null> => {
    try {
      const description = await withLimit(client.connection, limitMs, async () =>
        client.workflowService.describeActivityExecution({
          namespace,
          activityId,
          includeOutcome: true,
          includeHeartbeatDetails: true,
          includeLastFailure: true,
        }),
      );
      return await toStanding(client, description, namespace);
    } catch (failure) {
      if (isNotFound(failure)) return null;
      throw toReadError(failure);
    }
  };
  return async (activityId) => share(activityId, async () => describe(activityId));
}

async function toStanding(
  client: Client,
  description: Description,
  namespace: string,
): Promise<Standing | null> {
  const info = description.info ?? {};
  const { activityId = '', runId = '' } = info as { activityId?: string; runId?: string };
  const converter = client.options.loadedDataConverter;
  const context = toContext(namespace, activityId);
  const fields = await decodeOptionalSinglePayload<Record<string, unknown>>(
    converter,
    info.header?.fields?.[TASK_HEADER],
    context,
  );
  const memo = parseTaskMemo(isJsonObject(fields) ? fields : {});
  if (!memo) return null;
  const running = await toRunning(converter, info, context);
  return {
    lane: 'activity',
    workflowId: activityId,
    runId,
    firstRunId: runId,
    memo,
    taskQueue: info.taskQueue ?? '',
    startedAt: toMs(info.scheduleTime),
    changedAt: Math.max(
      ...[
        info.scheduleTime,
        info.lastStartedTime,
        info.lastHeartbeatTime,
        info.lastAttemptCompleteTime,
        info.closeTime,
      ].map(toMs),
    ),
    cancelRequested: isCancelRequested(info),
    state: toActivityState(running),
    closing: isOpen(info)
      ? null
      : await toClosing(converter, description, context, running, fields?.['runsAgain'] === true),
  };
}

async function toRunning(
  converter: LoadedDataConverter,
  info: Info,
  context: SerializationContext,
): Promise<RunningActivity> {
  const { runState, attempt } = info;
  return {
    started:
      runState === PendingActivityState.PENDING_ACTIVITY_STATE_STARTED ||
      runState === PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED ||
      runState === PendingActivityState.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED ||
      // After the end there is no such state.
      (Boolean(info.closeTime) && toMs(info.lastStartedTime) > toMs(info.lastAttemptCompleteTime)),
    paused: runState === PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED,
    attempt: attempt ?? 1,
    ...(await decodeReports(converter, info, context)),
  };
}

export function isOpen({ status }: Info): boolean {
  return (
    status === ActivityExecutionStatus.ACTIVITY_EXECUTION_STATUS_RUNNING ||
    status === ActivityExecutionStatus.ACTIVITY_EXECUTION_STATUS_PAUSED
  );
}

/** How it ended, of a description of one that has. */
async function toClosing(
  converter: LoadedDataConverter,
  { info, outcome }: Description,
  context: SerializationContext,
  last: RunningActivity,
  runsAgain: boolean,
): Promise<Closing> {
  const closedAt = toMs(info?.closeTime);
  if (outcome?.result) {
    const [output] = await decodeArrayFromPayloads(converter, outcome.result.payloads, context);
    return toCompleted(output, parseEndedAt(output) ?? closedAt, isCancelRequested(info));
  }
  const failure =
    (await decodeOptionalFailureToOptionalError(converter, outcome?.failure, context)) ??
    new Error('the activity failed');
  // Of an attempt that Temporal ended, and the task with it, nobody has said how it ended.
  const running = { ...last, started: last.started || isEndOfAttempt(failure) };
  const failed = toFailedOutcome(failure, {
    wasTaken: Boolean(info?.lastStartedTime),
    lastRun: toLastRun(running),
    inDoubt: countUnreported(running) > 0 || Boolean(info?.lastFailure?.timeoutFailureInfo),
    runsAgain,
    cancelRequested: isCancelRequested(info),
  });
  const isCancelled = failed.status === 'failed' && failed.error.code === 'CANCELLED';
  return {
    outcome: isCancelled ? withReason(failed, toReason(info?.canceledReason ?? '')) : failed,
    closedAt,
    cancelRequested: isCancelRequested(info) || isCancelled,
  };
}

function isEndOfAttempt(failure: Error): boolean {
  return (
    failure instanceof TimeoutFailure &&
    ['HEARTBEAT', 'START_TO_CLOSE'].includes(failure.timeoutType ?? '')
  );
}

/** How it ended, of the outcome alone; `null` where that does not say all. */
export async function toShortClosing(
  client: Client,
  outcome: Outcome,
  namespace: string,
  activityId: string,
): Promise<Closing | null> {
  if (!outcome.result) return null;
  const [output] = await decodeArrayFromPayloads(
    client.options.loadedDataConverter,
    outcome.result.payloads,
    toContext(namespace, activityId),
  );
  const endedAt = parseEndedAt(output);
  return endedAt === null ? null : toCompleted(output, endedAt, false);
}

function toCompleted(output: unknown, closedAt: number, cancelRequested: boolean): Closing {
  const ending = { kind: 'completed', output } as const;
  return {
    outcome: toOutcome(ending),
    closedAt,
    cancelRequested: cancelRequested || toCancelRequested(ending),
  };
}

/** Whoever asks for it may give no reason. */
function isCancelRequested(info: Info | null | undefined): boolean {
  return (
    (info?.canceledReason ?? '') !== '' ||
    info?.runState === PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED
  );
}

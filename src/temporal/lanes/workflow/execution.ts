// Describe: one call that needs no worker and carries status, memo and the pending activity. Concurrent reads of one
// task share calls; no answer is older than its question.
import type { Client } from '@temporalio/client';
import type { SerializationContext } from '@temporalio/common';
import { decodeMapFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import proto, { type temporal } from '@temporalio/proto';
import { isNotFound, toReadError } from '../../calls/failure.ts';
import { toMs } from '../../calls/timestamp.ts';
import { withLimit } from '../../calls/call-limit.ts';
import { createFreshShare } from '../../../tasks/share.ts';
import { decodeReports, type Reports } from '../reports.ts';

const { PendingActivityState, WorkflowExecutionStatus } = proto.temporal.api.enums.v1;

type Description = temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse;

/** Whether a workflow runs, or which kind of end it found: the reason stands in the close event. */
type ExecutionStatus = 'running' | 'completed' | 'failed';

/** A workflow as describe shows it, decoded as far as the gateway reads it. Instants are milliseconds since the epoch. */
export interface Execution {
  readonly workflowId: string;
  readonly runId: string;
  readonly firstRunId: string;
  readonly status: ExecutionStatus;
  readonly startedAt: number;
  readonly closedAt: number | null;
  readonly historyLength: number;
  readonly cancelRequested: boolean;
  readonly taskQueue: string;
  readonly memo: Readonly<Record<string, unknown>>;
  readonly activity: PendingActivity | null;
}

/** The activity that is scheduled or runs. */
export interface PendingActivity extends Reports {
  readonly id: string;
  readonly started: boolean;
  /** Whether an operator holds it back. */
  readonly paused: boolean;
  /** Attempt in Temporal's count; above 1 only for polls. */
  readonly attempt: number;
  readonly lastChangeAt: number;
  /** When its next attempt begins, as a job's next poll; `null` when it is queued or runs. */
  readonly dueAt: number | null;
}

/**
 * Describes the latest run of a workflow; `null` when there is none. Rejects with `BACKEND_UNAVAILABLE` and the like.
 *
 * `likelyRunId` only makes it cheaper: to find out which run is the latest, the server reads its database for each call,
 * while a run that is named comes from its memory. A run that is open is the latest; any other answer (closed, perhaps
 * reset since, or gone) is followed by the question without it.
 */
export type Describe = (workflowId: string, likelyRunId?: string) => Promise<Execution | null>;

/** How Temporal is asked for the latest run. */
const LATEST = '';

/** Describes through `client`, each call limited to `limitMs` milliseconds. */
export function createDescribe(client: Client, namespace: string, limitMs: number): Describe {
  const share = createFreshShare<Execution | null>();
  const describe = async (workflowId: string, runId: string): Promise<Execution | null> => {
    try {
      const execution = { workflowId, runId };
      const description = await withLimit(client.connection, limitMs, async () =>
        client.workflowService.describeWorkflowExecution({ namespace, execution }),
      );
      return await toExecution(client, description, { type: 'workflow', namespace, workflowId });
    } catch (failure) {
      if (isNotFound(failure)) return null;
      throw toReadError(failure);
    }
  };
  const shared = async (workflowId: string, runId: string) =>
    share(`${workflowId} ${runId}`, async () => describe(workflowId, runId));
  return async (workflowId, likelyRunId) => {
    const likely = likelyRunId === undefined ? null : await shared(workflowId, likelyRunId);
    return likely?.status === 'running' ? likely : shared(workflowId, LATEST);
  };
}

/** @param context whose description it is: what was encrypted for another workflow is not read */
async function toExecution(
  client: Client,
  description: Description,
  context: SerializationContext,
): Promise<Execution> {
  const converter = client.options.loadedDataConverter;
  const info = description.workflowExecutionInfo ?? {};
  const pending = description.pendingActivities?.[0];
  return {
    workflowId: info.execution?.workflowId ?? '',
    runId: info.execution?.runId ?? '',
    firstRunId: info.firstRunId ?? info.execution?.runId ?? '',
    status: toStatus(info.status),
    startedAt: toMs(info.startTime),
    closedAt: info.closeTime ? toMs(info.closeTime) : null,
    historyLength: Number(info.historyLength ?? 0),
    cancelRequested: description.workflowExtendedInfo?.cancelRequested ?? false,
    taskQueue: info.taskQueue ?? '',
    memo: (await decodeMapFromPayloads(converter, info.memo?.fields, context)) ?? {},
    activity: pending ? await toPendingActivity(client, pending, context) : null,
  };
}

export function toStatus(
  status: temporal.api.enums.v1.WorkflowExecutionStatus | null | undefined,
): ExecutionStatus {
  if (
    status === WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING ||
    status === WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_PAUSED
  ) {
    return 'running';
  }
  return status === WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED
    ? 'completed'
    : 'failed';
}

async function toPendingActivity(
  client: Client,
  pending: temporal.api.workflow.v1.IPendingActivityInfo,
  context: SerializationContext,
): Promise<PendingActivity> {
  const paused = pending.state === PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED;
  return {
    id: pending.activityId ?? '',
    started: paused
      ? Boolean(pending.lastStartedTime)
      : pending.state !== PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED,
    paused,
    attempt: pending.attempt ?? 1,
    // Between two polls `scheduledTime` is the next one's: a time that is yet to come, and no change.
    lastChangeAt: Math.max(
      ...[
        pending.nextAttemptScheduleTime ? null : pending.scheduledTime,
        pending.lastStartedTime,
        pending.lastHeartbeatTime,
        pending.lastAttemptCompleteTime,
      ].map(toMs),
    ),
    dueAt: pending.nextAttemptScheduleTime ? toMs(pending.nextAttemptScheduleTime) : null,
    ...(await decodeReports(client.options.loadedDataConverter, pending, context)),
  };
}

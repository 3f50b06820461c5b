// The activity of a task: what it is started with, and what people and gateways find on it.
import { randomUUID, type KeyObject } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { encodeUnifiedSearchAttributes } from '@temporalio/common/lib/converter/payload-search-attributes.js';
import {
  encodeToPayload,
  encodeToPayloadsWithContext,
  encodeUserMetadata,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import { msToTs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import {
  ATTEMPT_MARGIN_MS,
  TASK_HEADER,
  type ActivityTask,
  type TaskHeader,
} from '../../../contract/activity/task.ts';
import type { TraceContext } from '../../../contract/trace.ts';
import { toStepType } from '../../../contract/workflow/activity-id.ts';
import { toAttemptQueue } from '../../../contract/workflow/attempt-queue.ts';
import { toLongestPause } from '../../../contract/workflow/next-step.ts';
import { toIdPart } from '../../calls/identity.ts';
import { toTaskAttributes } from '../../calls/search-attributes.ts';
import type { ParameterFields } from '../../tasks/parameters.ts';
import { toUpstreamKey } from '../../tasks/upstream-key.ts';
import { toTraceHeaders } from '../../worker/trace-header.ts';
import type { Plan } from '../plan.ts';
import { toDetails, toSummary } from '../texts.ts';
import { toContext } from './context.ts';

export interface StartActivityOptions {
  readonly client: Client;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly installationKey: KeyObject;
  /** As in the workflow lane. */
  readonly fairness?: boolean;
  /** The trace that a task is started in; `null` where tracing is off. */
  readonly currentTrace: (() => TraceContext | null) | null;
}

const { ActivityIdReusePolicy, ActivityIdConflictPolicy } = proto.temporal.api.enums.v1;

/**
 * Pauses before an attempt that follows one of which nothing was heard; any other says itself when the next begins. The worker decides
 * whether it runs.
 */
const RECOVERY = { initialInterval: msToTs(100), backoffCoefficient: 4 };

/** Starts it; resolves to the id of its run. */
export async function startActivity(
  { client, namespace, taskQueue, installationKey, fairness, currentTrace }: StartActivityOptions,
  plan: Plan,
  parameters: ParameterFields,
): Promise<string> {
  const { operation, principal, policy, workflowId, memo, startAfterMs } = plan;
  const converter = client.options.loadedDataConverter;
  const context = toContext(namespace, workflowId);
  const task: ActivityTask = {
    ...parameters,
    idempotencyKey: toUpstreamKey(installationKey, workflowId, memo.fingerprint),
    principal,
    kind: operation.steps.kind === 'call' ? 'call' : 'run',
    idempotent: operation.idempotent,
    policy,
    ...(startAfterMs > 0 && { startAfterMs }),
  };
  const header: TaskHeader = {
    ...memo,
    ...(operation.idempotent && policy.recoveries !== 0 && { runsAgain: true }),
  };
  const userMetadata = await encodeUserMetadata(
    converter,
    toSummary(plan),
    toDetails(plan),
    context,
  );
  const { runId } = await client.workflowService.startActivityExecution({
    namespace,
    identity: client.options.identity,
    requestId: randomUUID(),
    activityId: workflowId,
    activityType: { name: toStepType(operation.name, 'task') },
    taskQueue: { name: toAttemptQueue(taskQueue, operation.name, policy) },
    input: { payloads: (await encodeToPayloadsWithContext(converter, context, [task])) ?? [] },
    header: {
      fields: {
        [TASK_HEADER]: await encodeToPayload(converter, header, context),
        ...toTraceHeaders(currentTrace?.() ?? null),
      },
    },
    scheduleToCloseTimeout: msToTs(policy.totalMs),
    ...(policy.queueMs < policy.totalMs && { scheduleToStartTimeout: msToTs(policy.queueMs) }),
    startToCloseTimeout: msToTs(Math.min(policy.attemptMs + ATTEMPT_MARGIN_MS, policy.totalMs)),
    heartbeatTimeout: msToTs(policy.heartbeatMs),
    retryPolicy: { ...RECOVERY, maximumInterval: msToTs(toLongestPause(policy)) },
    idReusePolicy: ActivityIdReusePolicy.ACTIVITY_ID_REUSE_POLICY_REJECT_DUPLICATE,
    idConflictPolicy: ActivityIdConflictPolicy.ACTIVITY_ID_CONFLICT_POLICY_FAIL,
    searchAttributes: {
      indexedFields: encodeUnifiedSearchAttributes(undefined, toTaskAttributes(plan)),
    },
    ...(userMetadata && { userMetadata }),
    // The backlog goes round the principals.
    ...(fairness !== false && { priority: { fairnessKey: toIdPart(principal) } }),
    ...(startAfterMs > 0 && { startDelay: msToTs(startAfterMs) }),
  });
  return runId;
}

// Starting a workflow of somebody else. Invariant: however often one task starts its workflow, also after a crash, there is one:
// the request id is that of the task, and Temporal answers with the run that has taken it.
import { encodeToPayloadsWithContext } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { defaultPayloadConverter } from '@temporalio/common';
import proto, { type temporal } from '@temporalio/proto';
import { toBackOffMs } from '../../contract/back-off.ts';
import { OperationError } from '../../contract/errors.ts';
import { isJsonObject } from '../../contract/json.ts';
import { TASK_HEADER, type Target, type TaskNames } from '../../contract/workflow/target.ts';
import type { TargetPlan } from '../../operations/targets.ts';
import { withLimit } from '../calls/call-limit.ts';
import { createDescribe } from '../lanes/workflow/execution.ts';
import { hasStatus } from '../calls/failure.ts';
import { pause } from '../../contract/pause.ts';
import { toFingerprint } from '../tasks/fingerprint.ts';
import type { OpenPlace } from './places.ts';
import { isAway, toRefusal } from './refusal.ts';

const { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } = proto.temporal.api.enums.v1;

type Response = temporal.api.workflowservice.v1.IStartWorkflowExecutionResponse;

/** Longest single call, in milliseconds. */
const CALL_MS = 10_000;

/** How long a Temporal that is away is tried again, in milliseconds. */
const AWAY_MS = 30_000;

/** The field of the workflow's memo that says which task has started it. */
const MEMO = 'longhaul';

/** Starts it, or joins the one that runs where the plan says so. */
export async function startTarget(
  place: OpenPlace,
  plan: TargetPlan,
  { runId: requestId, task_ref, idempotency_key }: TaskNames & { readonly runId: string },
): Promise<Target> {
  const { client, namespace } = place;
  const { type, taskQueue, workflowId, joins } = plan;
  const toPayload = (value: unknown) => defaultPayloadConverter.toPayload(value);
  const fingerprint = toFingerprint(type, [...plan.args]);
  const payloads = await encodeToPayloadsWithContext(
    client.options.loadedDataConverter,
    { type: 'workflow', namespace, workflowId },
    [...plan.args],
  );
  const response = await patiently(async () =>
    withLimit(client.connection, CALL_MS, async (): Promise<Response> =>
      client.workflowService.startWorkflowExecution({
        namespace,
        workflowId,
        requestId,
        workflowType: { name: type },
        taskQueue: { name: taskQueue },
        input: { payloads: payloads ?? [] },
        identity: client.options.identity,
        workflowIdReusePolicy: WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
        workflowIdConflictPolicy: joins
          ? WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
          : WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
        // Of one that is joined Temporal keeps the request id as well.
        ...(joins && { onConflictOptions: { attachRequestId: true } }),
        memo: { fields: { [MEMO]: toPayload({ task_ref, fingerprint }) } },
        header: { fields: { [TASK_HEADER]: toPayload({ task_ref, idempotency_key }) } },
      }),
    ),
  ).catch((failure: unknown) => {
    throw hasStatus(failure, 'ALREADY_EXISTS')
      ? toConflict(workflowId)
      : toRefusal(failure, `start the workflow ${workflowId} (${type})`, namespace);
  });
  const { profile, namespace: named } = plan;
  const target: Target = {
    ...(profile !== undefined && { profile }),
    ...(named !== undefined && { namespace: named }),
    ...{ type, taskQueue, workflowId, runId: response.runId ?? '' },
  };
  if (response.started) return target;
  return (await isOwn(place, target, task_ref, fingerprint)) ? target : { ...target, joined: true };
}

async function patiently<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  const until = Date.now() + AWAY_MS;
  for (let pauses = 0; ; pauses += 1) {
    try {
      return await call();
    } catch (failure) {
      if (!isAway(failure) || Date.now() > until) throw failure;
      await pause(toBackOffMs(200, 2, pauses, 5_000));
    }
  }
}

/** Whether the task itself has started it. Refuses one that another request has started with other arguments. */
async function isOwn(
  { client, namespace }: OpenPlace,
  { workflowId, runId }: Target,
  taskRef: string,
  fingerprint: string,
): Promise<boolean> {
  const found = await createDescribe(client, namespace, CALL_MS)(workflowId, runId);
  const memo = found?.memo[MEMO];
  if (!isJsonObject(memo)) return false;
  if (memo['fingerprint'] === fingerprint) return memo['task_ref'] === taskRef;
  throw new OperationError(
    'UPSTREAM_REJECTED',
    `the workflow ${workflowId} runs already, for a request with other arguments; wait for its end, or correct the template of ` +
      'the id, so that different requests have different ids',
  );
}

function toConflict(workflowId: string): OperationError {
  return new OperationError(
    'UPSTREAM_REJECTED',
    `a workflow with the id ${workflowId} runs already; wait for its end, or declare onConflict: join to follow it`,
  );
}

// The workflow of a task: what it is started with, and what people and gateways find on it.
import type { Client } from '@temporalio/client';
import type { KeyObject } from 'node:crypto';
import { INPUT_MS } from '../../../contract/input.ts';
import type { Json } from '../../../contract/json.ts';
import { toMemoFields, type InputMemo, type RunMemo } from '../../../contract/workflow/memo.ts';
import { toRunTimeoutMs } from '../../../contract/workflow/run-timeout.ts';
import { WORKFLOW_TYPE, type TaskInput } from '../../../contract/workflow/task-input.ts';
import { TASK_REF_MARK } from '../../../contract/workflow/target.ts';
import type { Plan } from '../plan.ts';
import { toDetails, toSummary } from '../texts.ts';
import type { Operation } from '../../../operations/operation.ts';
import { toIdPart } from '../../calls/identity.ts';
import type { ParameterFields } from '../../tasks/parameters.ts';
import { toTaskAttributes } from '../../calls/search-attributes.ts';
import { planCallback, type CallbackAddresses } from '../../tasks/called-back.ts';
import { toUpstreamKey } from '../../tasks/upstream-key.ts';

export interface StartWorkflowOptions extends CallbackAddresses {
  readonly client: Client;
  readonly taskQueue: string;
  /** Whether a worker of this process may take the first workflow task with the start's answer. */
  readonly eager: boolean;
  /** Whether tasks that wait for a worker are taken by turns of their principals. Default: they are. */
  readonly fairness?: boolean;
  /** Turns idempotency keys into names that say nothing; `null` where a name may be the key itself. */
  readonly nameKey: KeyObject | null;
}

/** Starts it; resolves to the id of its run. */
export async function startWorkflow(
  options: StartWorkflowOptions,
  plan: Plan,
  parameters: ParameterFields,
): Promise<string> {
  const { operation, principal, policy, workflowId, memo } = plan;
  const idempotencyKey = toUpstreamKey(options.installationKey, workflowId, memo.fingerprint);
  const taskInput: TaskInput = {
    operation: operation.name,
    kind: operation.steps.kind,
    ...parameters,
    idempotencyKey,
    workflowId,
    principal,
    idempotent: operation.idempotent,
    policy,
    ...planActivity(operation, parameters.parameters, idempotencyKey),
    ...planCallback(operation, workflowId, options),
    ...(plan.batch && { batch: plan.batch, parameters: null }),
    ...(plan.callbacks.length > 0 && { callbacks: plan.callbacks }),
    ...(plan.asked && { asked: plan.asked }),
    ...(plan.delayMs > 0 && { delayMs: plan.delayMs }),
    ...(plan.startAfterMs > 0 && { startAfterMs: plan.startAfterMs }),
  };
  const input = toInputMemo(plan);
  // Temporal keeps answers from a task whose start it delays, so one that asks first waits by itself.
  const startDelay = input ? 0 : plan.startAfterMs;
  const handle = await options.client.workflow.start(WORKFLOW_TYPE, {
    workflowId,
    taskQueue: options.taskQueue,
    args: [taskInput],
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    workflowIdConflictPolicy: 'FAIL',
    workflowRunTimeout: toRunTimeoutMs(
      policy.totalMs,
      input ? toInputMs(plan) + plan.startAfterMs : 0,
      plan.callbacks.length > 0,
    ),
    memo: {
      ...toMemoFields(memo, options.nameKey !== null),
      ...(input && ({ input } satisfies RunMemo)),
    },
    typedSearchAttributes: toTaskAttributes(plan),
    staticSummary: toSummary(plan),
    staticDetails: toDetails(plan),
    // The backlog goes round the principals. Attempts, and the runs that a task goes on in, inherit it.
    ...(options.fairness !== false && { priority: { fairnessKey: toIdPart(principal) } }),
    ...(startDelay > 0 ? { startDelay } : { requestEagerStart: options.eager }),
  });
  return handle.firstExecutionRunId;
}

/** The activity of another application that is each attempt, where that is how the operation runs. */
export function planActivity(
  { steps }: Operation,
  parameters: Json,
  idempotencyKey: string,
): Pick<TaskInput, 'activity'> & Partial<Pick<TaskInput, 'parameters'>> {
  if (steps.kind !== 'activity') return {};
  const names = { task_ref: TASK_REF_MARK, idempotency_key: idempotencyKey };
  return { activity: steps.plan(parameters, names), parameters: null }; // they travel as the arguments
}

/** What is asked before the first attempt, as the memo has it; `null` when nothing is. */
export function toInputMemo(plan: Plan): InputMemo | null {
  const requests = plan.asked?.requests ?? {};
  if (Object.keys(requests).length === 0) return null;
  return {
    requests,
    attempt: 0,
    until: plan.memo.createdAt + plan.startAfterMs + toInputMs(plan),
  };
}

function toInputMs({ policy }: Plan): number {
  return policy.inputMs ?? INPUT_MS;
}

// The last step of a task with callbacks: each gets a delivery workflow of its own, which outlives the task. Invariants: the
// task closes as soon as they are started, whatever becomes of them, and its outcome is decided before.
import {
  CancellationScope,
  log,
  ParentClosePolicy,
  startChild,
  TemporalFailure,
  WorkflowIdReusePolicy,
  workflowInfo,
} from '@temporalio/workflow';
import {
  DELIVERY_WORKFLOW_TYPE,
  toDeliveryId,
  type DeliveryInput,
  type DeliveryMemo,
} from '../../src/contract/workflow/callback.ts';
import type { TaskInput } from '../../src/contract/workflow/task-input.ts';

/** Runs a task, and has any end of it delivered. A task that goes on in another run has not ended. */
export async function withCallbacks<Output>(
  input: TaskInput,
  callbacks: readonly string[],
  run: (input: TaskInput) => Promise<Output>,
): Promise<Output> {
  let output: Output;
  try {
    output = await run(input);
  } catch (failure) {
    // Anything but a failure of Temporal's is a defect, or the way on to another run.
    if (failure instanceof TemporalFailure) await startDeliveries(input, callbacks);
    throw failure;
  }
  await startDeliveries(input, callbacks);
  return output;
}

/** A cancel has had its effect by now; it must not stop the deliveries that report it. */
async function startDeliveries(input: TaskInput, urls: readonly string[]): Promise<void> {
  await CancellationScope.nonCancellable(async () =>
    Promise.all(urls.map(async (url, index) => startDelivery(input, url, index))),
  );
}

async function startDelivery(
  // The workflow id of the input is part of the history, so a reset or a replay sees the same.
  { principal, operation, idempotencyKey, workflowId = idempotencyKey }: TaskInput,
  url: string,
  index: number,
): Promise<void> {
  const { firstExecutionRunId: runId, typedSearchAttributes } = workflowInfo();
  const input: DeliveryInput = { task: { workflowId, runId, principal, operation }, url };
  try {
    // A child whose start the server has not confirmed when its parent closes is never started.
    await startChild(DELIVERY_WORKFLOW_TYPE, {
      workflowId: toDeliveryId(input.task, index),
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE, // after an operator's reset, the new end is delivered, too
      typedSearchAttributes,
      memo: { task: input.task, url } satisfies DeliveryMemo,
      staticSummary: `callback ${index + 1} of ${operation}`,
    });
  } catch (failure) {
    // It is on its way already, and reads the end when it is sent.
    log.warn('the delivery of a callback was not started', { reason: String(failure) });
  }
}

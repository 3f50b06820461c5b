// The two activities of a delivery: what is sent is read once, from the task's own record, and then sent. Invariant: an attempt
// that failed is an answer, not a failure: when the next one comes is the workflow's decision.
import { ApplicationFailure, Context } from '@temporalio/activity';
import { toEventBody, toEventId, type EndedTask } from '../../src/callbacks/event.ts';
import { createSender, type SenderOptions } from '../../src/callbacks/send.ts';
import {
  DELIVERY_ACTIVITIES,
  type DeliveryInput,
  type PreparedCallback,
  type SendEnd,
  type SendInput,
} from '../../src/contract/workflow/callback.ts';
import { toWorkflowTaskRef } from '../../src/contract/task-ref.ts';
import { startHeartbeat } from '../attempt/heartbeat.ts';

export interface CallbackOptions extends SenderOptions {
  /**
   * The task as its own caller reads it, once it has ended; `null` when it has not within some seconds. Rejects with an error
   * of the table.
   */
  readonly readTask: (principal: string, taskRef: string) => Promise<EndedTask | null>;
  /** Largest result that is sent along, as JSON in bytes. */
  readonly maxResultBytes: number;
}

export interface CallbackActivities {
  readonly [DELIVERY_ACTIVITIES.prepare]: (input: DeliveryInput) => Promise<PreparedCallback>;
  readonly [DELIVERY_ACTIVITIES.send]: (input: SendInput) => Promise<SendEnd>;
}

const BEAT_MS = 1_000;

export function createCallbackActivities(options: CallbackOptions): CallbackActivities {
  const send = createSender(options);
  return {
    [DELIVERY_ACTIVITIES.prepare]: async (input) =>
      withHeartbeat(async () => prepare(input, options)),
    [DELIVERY_ACTIVITIES.send]: async (input) =>
      withHeartbeat(async () =>
        send(input, Context.current().cancellationSignal).catch(() => {
          throw new Error('it was stopped while it was sent');
        }),
      ),
  };
}

async function prepare(
  { task }: DeliveryInput,
  options: CallbackOptions,
): Promise<PreparedCallback> {
  const taskRef = toWorkflowTaskRef(task.workflowId, task.runId);
  const ended = await options.readTask(task.principal, taskRef).catch((failure: unknown) => {
    throw toReadFailure(failure);
  });
  // It is about to close: the task starts its deliveries right before.
  if (ended === null) throw new Error('the task has not closed yet');
  return { id: toEventId(taskRef), body: toEventBody(ended, options.maxResultBytes) };
}

async function withHeartbeat<Result>(run: () => Promise<Result>): Promise<Result> {
  const heart = startHeartbeat(Context.current(), BEAT_MS, null);
  try {
    return await run();
  } finally {
    heart[Symbol.dispose]();
  }
}

/** A task that is no longer there will not come back; anything else may pass. */
function toReadFailure(failure: unknown): unknown {
  if (!(failure instanceof Error) || !('code' in failure)) return failure;
  const type = String(failure.code);
  return ApplicationFailure.create({
    type,
    message: failure.message,
    nonRetryable: type === 'TASK_NOT_FOUND',
  });
}

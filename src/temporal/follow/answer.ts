// The answer to a question of a workflow of somebody else: a signal, or an update, which the workflow may reject.
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { OperationError } from '../../contract/errors.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { Target } from '../../contract/workflow/target.ts';
import type { TargetAsk } from '../../operations/targets.ts';
import { NoAnswerError, withLimit } from '../calls/call-limit.ts';
import type { OpenPlace } from './places.ts';
import { toRefusal } from './refusal.ts';

/** How long the workflow may take to accept or reject an answer, in milliseconds. */
const CALL_MS = 10_000;

/** Sends it. Rejects with `INVALID_PARAMETERS` where the workflow rejects it. */
export async function answerTarget(
  { client, namespace }: OpenPlace,
  { workflowId }: Target,
  { send }: TargetAsk,
  content: JsonObject,
): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  try {
    await withLimit(client.connection, CALL_MS, async () =>
      'signal' in send
        ? handle.signal(send.signal, content)
        : handle.executeUpdate(send.update, { args: [content] }),
    );
  } catch (failure) {
    if (failure instanceof WorkflowUpdateFailedError) {
      throw new OperationError(
        'INVALID_PARAMETERS',
        `responses: the workflow rejects the answer: ${failure.cause?.message ?? failure.message}`,
        { cause: failure },
      );
    }
    // An update that was accepted may take its time; that it was taken shows when the question is no longer open.
    if (failure instanceof NoAnswerError && 'update' in send) return;
    throw toRefusal(failure, `answer the workflow ${workflowId}`, namespace);
  }
}

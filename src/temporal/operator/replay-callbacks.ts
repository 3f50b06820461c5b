// Sends the callbacks of a task once more: a delivery that still runs makes its next attempt at once, one that has ended begins
// anew. The task's own history says which callbacks it has, so a callback is found whose delivery could never be started.
import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import {
  DELIVERY_WORKFLOW_TYPE,
  SEND_NOW_SIGNAL,
  toDeliveryId,
  type DeliveredTask,
  type DeliveryInput,
  type DeliveryMemo,
} from '../../contract/workflow/callback.ts';
import { OperationError } from '../../contract/errors.ts';
import { parseTaskRef } from '../../contract/task-ref.ts';
import { isDone } from '../../contract/task.ts';
import type { TaskInput } from '../../contract/workflow/task-input.ts';
import type { TaskService } from '../../tasks/service.ts';
import { toReadError } from '../calls/failure.ts';
import { toIdPart, toWorkflowId } from '../calls/identity.ts';
import { withLimit } from '../calls/call-limit.ts';
import { KEY, OPERATION, PRINCIPAL } from '../calls/search-attributes.ts';

/**
 * Sends the callbacks of a task that has ended once more; resolves to their number.
 *
 * The function rejects with an error of the table: `TASK_NOT_FOUND`, or `INVALID_PARAMETERS` for a task that still runs or has
 * none.
 */
export function createReplay(
  client: Client,
  namespace: string,
  tasks: Pick<TaskService, 'read'>,
  limitMs: number,
): (principal: string, taskRef: string) => Promise<number> {
  const call = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> =>
    withLimit(client.connection, limitMs, ask).catch((failure: unknown) => {
      throw toReadError(failure);
    });

  const readStart = async (workflowId: string, runId: string) => {
    const { history } = await call(async () =>
      client.workflowService.getWorkflowExecutionHistory({
        namespace,
        execution: { workflowId, runId },
        maximumPageSize: 1,
      }),
    );
    const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
    const converter = client.options.loadedDataConverter;
    const [input] = await decodeArrayFromPayloads(converter, started?.input?.payloads);
    return { input: input as TaskInput, taskQueue: started?.taskQueue?.name ?? '' };
  };

  const send = async (input: DeliveryInput, index: number, taskQueue: string, keyPart: string) => {
    const { task, url } = input;
    await call(async () =>
      client.workflow.signalWithStart(DELIVERY_WORKFLOW_TYPE, {
        workflowId: toDeliveryId(task, index),
        taskQueue,
        args: [input],
        signal: SEND_NOW_SIGNAL,
        signalArgs: [],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        memo: { task, url } satisfies DeliveryMemo,
        typedSearchAttributes: [
          { key: OPERATION, value: task.operation },
          { key: PRINCIPAL, value: toIdPart(task.principal) },
          { key: KEY, value: keyPart },
        ],
        staticSummary: `callback ${index + 1} of ${task.operation}, sent again`,
      }),
    );
  };

  return async (principal, taskRef) => {
    const { state, operation } = await tasks.read({ principal }, taskRef);
    if (!isDone(state)) throw refuse('the task still runs: its callbacks are sent when it ends');
    const { keyPart, runId } = parseTaskRef(taskRef) ?? { keyPart: '', runId: '' };
    const workflowId = toWorkflowId(principal, keyPart);
    const { input, taskQueue } = await readStart(workflowId, runId);
    const { callbacks = [] } = input;
    if (callbacks.length === 0) throw refuse('the task was started without callbacks');
    const task: DeliveredTask = { workflowId, runId, principal, operation };
    await Promise.all(
      callbacks.map(async (url, index) => send({ task, url }, index, taskQueue, keyPart)),
    );
    return callbacks.length;
  };
}

function refuse(message: string): OperationError {
  return new OperationError('INVALID_PARAMETERS', message);
}

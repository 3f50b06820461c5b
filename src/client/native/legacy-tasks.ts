// The face of the tasks of 2025-11-25. Questions are no part of it: that revision sends them to the handlers of a client that
// waits for the result, so a program that answers them itself follows by the pair.
import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import type { Face, Reply, Started } from '../face.ts';
import type { TaskView } from '../view.ts';
import { toCancelled, toOutcome } from './outcome.ts';
import { toNativeStep, toRefusal, type Ask } from './reply.ts';
import { toCallArguments, toWaitMeta, toResultMeta, toStartMeta, toUnended } from './task.ts';

/** The face of a gateway, or of a server that knows nothing beyond the revision. */
export function createLegacyTasks(isGateway: boolean): Face {
  return {
    hasKeys: isGateway,
    canWait: isGateway,
    countsPolls: false,
    takesInput: false,
    start: (order) =>
      toNativeStep(order.operation, async (ask) => {
        const result = await ask('tools/call', {
          name: order.operation,
          arguments: toCallArguments(order, isGateway),
          task: {},
          _meta: toStartMeta(order, isGateway),
        });
        return toStarted(result);
      }),
    poll: (taskId, waitSeconds) =>
      toNativeStep('tasks/get', async (ask) => {
        const _meta = toWaitMeta(waitSeconds, isGateway);
        const task = await ask('tasks/get', { taskId, _meta });
        if (task['status'] === 'cancelled') return { ok: true, value: toCancelled(task) };
        const hasResult = task['status'] === 'completed' || task['status'] === 'failed';
        return hasResult ? fetchOutcome(ask, taskId, isGateway) : { ok: true, value: toView(task) };
      }),
    cancel: (taskId) => toNativeStep('tasks/cancel', async (ask) => cancel(ask, taskId)),
    provideInput: () => {
      throw new ReferenceError('tasks of 2025-11-25 take no answers');
    },
  };
}

/** A task, or the result of a server that did without one. */
function toStarted(result: JsonObject): Reply<Started> {
  const { task } = result;
  if (!isJsonObject(task) || typeof task['taskId'] !== 'string') {
    return { ok: true, value: { taskRef: '', view: toOutcome(result) } };
  }
  return { ok: true, value: { taskRef: task['taskId'], view: toView(task) } };
}

function toView(task: JsonObject): TaskView {
  const view = toUnended(task, task['pollInterval']);
  if (task['status'] !== 'input_required' || view.status !== 'running') return view;
  return { status: 'input_required', requests: {}, pollAfterMs: view.pollAfterMs };
}

/** A task can end in an error of the protocol, too; one that passes says nothing about the task. */
async function fetchOutcome(
  ask: Ask,
  taskId: string,
  isGateway: boolean,
): Promise<Reply<TaskView>> {
  try {
    const _meta = toResultMeta(isGateway);
    return { ok: true, value: toOutcome(await ask('tasks/result', { taskId, _meta })) };
  } catch (thrown) {
    const refusal = toRefusal(thrown, 'tasks/result');
    if (!refusal || refusal.retryable) throw thrown;
    return { ok: true, value: { status: 'failed', error: refusal } };
  }
}

/** To cancel what has ended is an error in this revision, and no error to the caller. */
async function cancel(ask: Ask, taskId: string): Promise<Reply<unknown>> {
  try {
    return { ok: true, value: await ask('tasks/cancel', { taskId }) };
  } catch (thrown) {
    if (toRefusal(thrown, 'tasks/cancel')?.code !== 'TASK_NOT_FOUND') throw thrown;
    return { ok: true, value: await ask('tasks/get', { taskId }) };
  }
}

// The face of the tasks extension, SEP-2663. Invariant: the extension is declared by each request of this face and by no
// other, so the program's own calls are answered as before.
import { RELATED_TASK, TASKS_EXTENSION } from '../../contract/extras.ts';
import { isJsonObject, type Json, type JsonObject } from '../../contract/json.ts';
import type { Face, Reply, Started } from '../face.ts';
import { toRequests, toTaskFailure, type TaskView } from '../view.ts';
import { toCancelled, toFailure, toOutcome } from './outcome.ts';
import { toNativeStep } from './reply.ts';
import { toCallArguments, toWaitMeta, toStartMeta, toUnended } from './task.ts';

const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

/** For a start: its questions come with the task, and not before it. */
const DECLARED: JsonObject = { [CAPABILITIES]: { extensions: { [TASKS_EXTENSION]: {} } } };

/** For what concerns a task. */
const DECLARED_WITH_FORMS: JsonObject = {
  [CAPABILITIES]: { elicitation: { form: {} }, extensions: { [TASKS_EXTENSION]: {} } },
};

/** The face of a gateway, or of a server that knows nothing beyond the extension. */
export function createExtension(isGateway: boolean): Face {
  return {
    hasKeys: isGateway,
    canWait: isGateway,
    countsPolls: false,
    takesInput: true,
    start: (order) =>
      toNativeStep(order.operation, async (ask) => {
        const result = await ask('tools/call', {
          name: order.operation,
          arguments: toCallArguments(order, isGateway),
          _meta: { ...DECLARED, ...toStartMeta(order, isGateway) },
        });
        return toStarted(result, isGateway);
      }),
    poll: (taskId, waitSeconds) =>
      toNativeStep('tasks/get', async (ask) => {
        const _meta = { ...DECLARED_WITH_FORMS, ...toWaitMeta(waitSeconds, isGateway) };
        return { ok: true, value: toView(await ask('tasks/get', { taskId, _meta })) };
      }),
    cancel: (taskId) =>
      toNativeStep('tasks/cancel', async (ask) => {
        return { ok: true, value: await ask('tasks/cancel', { taskId, _meta: DECLARED }) };
      }),
    provideInput: (taskId, responses) =>
      toNativeStep('tasks/update', async (ask) => {
        const inputResponses = responses as JsonObject;
        await ask('tasks/update', { taskId, inputResponses, _meta: DECLARED_WITH_FORMS });
        // An acknowledgement says nothing of the task.
        return { ok: true, value: { status: 'running', progress: null, pollAfterMs: null } };
      }),
  };
}

/** A task, or the result of a call that was answered at once. A gateway's error without a task is a refusal. */
function toStarted(result: JsonObject, isGateway: boolean): Reply<Started> {
  if (typeof result['taskId'] === 'string') {
    const view = toUnended(result, result['pollIntervalMs']);
    return { ok: true, value: { taskRef: result['taskId'], view } };
  }
  const related = isJsonObject(result['_meta']) ? result['_meta'][RELATED_TASK] : undefined;
  const taskId = isJsonObject(related) ? related['taskId'] : undefined;
  if (isGateway && result['isError'] === true && taskId === undefined) {
    return { ok: false, refusal: toFailure(result) };
  }
  const taskRef = typeof taskId === 'string' ? taskId : '';
  return { ok: true, value: { taskRef, view: toOutcome(result) } };
}

function toView(task: JsonObject): TaskView {
  const { status, result, error, pollIntervalMs } = task;
  switch (typeof status === 'string' ? status : '') {
    case 'completed':
      return toOutcome(isJsonObject(result) ? result : {});
    case 'failed':
      return { status: 'failed', error: toTaskFailure(toError(error)) };
    case 'cancelled':
      return toCancelled(task);
    case 'input_required':
      return {
        status: 'input_required',
        requests: toRequests(toForms(task['inputRequests'])),
        pollAfterMs: typeof pollIntervalMs === 'number' ? pollIntervalMs : null,
      };
    default:
      return toUnended(task, pollIntervalMs);
  }
}

/** An error of the protocol; a gateway's own stands in its data. */
function toError(error: Json | undefined): Json | undefined {
  if (!isJsonObject(error)) return error;
  return isJsonObject(error['data']) ? error['data'] : error['message'];
}

function toForms(requests: Json | undefined): JsonObject {
  if (!isJsonObject(requests)) return {};
  return Object.fromEntries(
    Object.entries(requests).map(([key, request]) => [
      key,
      isJsonObject(request) ? (request['params'] ?? {}) : {},
    ]),
  );
}

// What both generations of native tasks share: the arguments of a call, what a gateway understands beyond them, and a task
// that has not ended.
import { EXTRAS } from '../../contract/extras.ts';
import { isJsonObject, type Json, type JsonObject } from '../../contract/json.ts';
import type { Order } from '../face.ts';
import { parseProgress } from '../../contract/progress.ts';
import type { Progress } from '../../contract/task.ts';
import type { TaskView } from '../view.ts';

/** The arguments of an operation's own tool. Other servers would refuse one that they do not know. */
export function toCallArguments(order: Order, isGateway: boolean): JsonObject {
  const { parameters, idempotencyKey } = order;
  return isGateway ? { ...parameters, idempotency_key: idempotencyKey } : parameters;
}

export function toStartMeta({ maxWaitSeconds }: Order, isGateway: boolean): JsonObject {
  return {
    ...toResultMeta(isGateway),
    ...(isGateway && maxWaitSeconds !== undefined && { [EXTRAS.maxWaitSeconds]: maxWaitSeconds }),
  };
}

export function toWaitMeta(waitSeconds: number, isGateway: boolean): JsonObject {
  return isGateway ? { ...toResultMeta(isGateway), [EXTRAS.waitSeconds]: waitSeconds } : {};
}

/** `_meta` of what can answer a result: no model reads it. */
export function toResultMeta(isGateway: boolean): JsonObject {
  return isGateway ? { [EXTRAS.wholeResult]: true } : {};
}

const ENDED: readonly unknown[] = ['completed', 'failed', 'cancelled'];

/** A task that runs, or of which the result is still to be fetched: then at once. */
export function toUnended(task: JsonObject, hint: Json | undefined): TaskView {
  const pollAfterMs = typeof hint === 'number' ? hint : null;
  const isEnded = ENDED.includes(task['status']);
  return {
    status: 'running',
    progress: isEnded ? null : toShown(task),
    pollAfterMs: isEnded ? 0 : pollAfterMs,
  };
}

function toShown({ _meta: meta, statusMessage }: JsonObject): Progress | null {
  const known = isJsonObject(meta) ? meta[EXTRAS.progress] : undefined;
  if (known !== undefined) return parseProgress(known);
  return typeof statusMessage === 'string' ? { fraction: null, message: statusMessage } : null;
}

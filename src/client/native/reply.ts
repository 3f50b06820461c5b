// What a native request came to. Invariant: an error of the protocol that says why is a refusal with its code; any other is
// left to those who judge whether a repetition helps.
import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import type { CallTool } from '../call-tool.ts';
import type { Reply, Step } from '../face.ts';
import type { CallOptions } from '../request-options.ts';
import { toTaskFailure, type TaskFailure } from '../view.ts';

export type Ask = (method: string, params: JsonObject) => Promise<JsonObject>;

/** JSON-RPC: invalid parameters, which is how both generations speak of an unknown task. */
const INVALID_PARAMS = -32_602;

export function toNativeStep<Value>(
  name: string,
  run: (ask: Ask) => Promise<Reply<Value>>,
): Step<Value> {
  return {
    name,
    send: async (connection, options) => {
      try {
        return await run(toAsk(connection, options));
      } catch (thrown) {
        const refusal = toRefusal(thrown, name);
        if (refusal) return { ok: false, refusal };
        throw thrown;
      }
    },
  };
}

function toAsk({ native }: CallTool, options: CallOptions): Ask {
  if (!native) throw new ReferenceError('the connection that was opened again has no native tasks');
  return async (method, params) => {
    const result = await native.request(method, params, options);
    return isJsonObject(result) ? result : {};
  };
}

/** Why a request was refused; `null` when its error does not say. */
export function toRefusal(thrown: unknown, name: string): TaskFailure | null {
  if (typeof thrown !== 'object' || thrown === null) return null;
  const { code, data, message } = thrown as Readonly<Record<string, unknown>>;
  if (isJsonObject(data) && typeof data['code'] === 'string') return toTaskFailure(data);
  if (code !== INVALID_PARAMS) return null;
  const isTask = name.startsWith('tasks/');
  return {
    code: isTask ? 'TASK_NOT_FOUND' : 'REFUSED',
    message: String(message),
    retryable: false,
  };
}

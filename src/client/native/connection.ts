// Native tasks over a connected SDK client. Neither SDK's `callTool` takes a task for an answer, so requests are sent as they
// are. Invariant: a client is known by its shape, never by its class, and nothing changes for calls that are not made here.
import { GATEWAY_CAPABILITY, TASKS_EXTENSION } from '../../contract/extras.ts';
import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import { resolvePath } from '../../contract/json/pointer.ts';
import { toRequestOptions, type CallOptions } from '../request-options.ts';

/** How a connection speaks native tasks. */
export interface NativeTasks {
  readonly generation: '2025-11-25' | '2026-07-28';
  /** What a Longhaul gateway has beside them; `null` for any other server. */
  readonly gateway: { readonly pair: boolean; readonly typed: boolean } | null;
  /** Sends a request and resolves to its result as it came. */
  request(method: string, params: JsonObject, options: CallOptions): Promise<unknown>;
}

/** The slice of either SDK's `Client` that is used, if it is there. */
export interface NativeClient {
  getServerCapabilities?(): object | undefined;
  getProtocolEra?(): string | undefined;
  readonly request?: unknown;
  readonly transport?: unknown;
}

/** What `request` is on either client. */
interface Requester {
  request(request: object, schema: object, options: object): Promise<unknown>;
}

/** A schema that takes everything: `~standard` for SDK version 2, `safeParse` for version 1. */
const ANYTHING = {
  '~standard': { version: 1, vendor: 'longhaul', validate: (value: unknown) => ({ value }) },
  safeParse: (data: unknown) => ({ success: true, data }),
};

/** Native tasks of a connected client; `null` where its server has none, or the client is no SDK's. */
export function toNativeTasks(client: NativeClient): NativeTasks | null {
  if (typeof client.request !== 'function') return null;
  const capabilities = (client.getServerCapabilities?.() ?? {}) as JsonObject;
  const isModern = client.getProtocolEra?.() === 'modern';
  const path = isModern ? ['extensions', TASKS_EXTENSION] : ['tasks', 'requests', 'tools', 'call'];
  if (resolvePath(capabilities, path) === undefined) return null;
  const gateway = resolvePath(capabilities, ['experimental', GATEWAY_CAPABILITY]);
  return {
    generation: isModern ? '2026-07-28' : '2025-11-25',
    gateway: isJsonObject(gateway)
      ? { pair: gateway['pair'] === true, typed: gateway['typed'] === true }
      : null,
    request: (method, params, options) => {
      if (isModern) letTasksThrough(client.transport);
      const request = { method, params };
      return (client as Requester).request(request, ANYTHING, toRequestOptions(options));
    },
  };
}

interface Transport {
  onmessage?: (message: unknown, extra?: unknown) => void;
}

const opened = new WeakSet();

/**
 * SDK version 2 drops a result of the type `task` before its caller sees it. Only requests that declare the extension get one,
 * and nothing but this library declares it: the result passes as one that is complete.
 */
function letTasksThrough(transport: unknown): void {
  if (typeof transport !== 'object' || transport === null || opened.has(transport)) return;
  opened.add(transport);
  const open = transport as Transport;
  const deliver = open.onmessage;
  open.onmessage = (message, extra) => deliver?.(toComplete(message), extra);
}

function toComplete(message: unknown): unknown {
  if (!isJsonObject(message) || !isJsonObject(message['result'])) return message;
  const { result } = message;
  if (result['resultType'] !== 'task') return message;
  return { ...message, result: { content: [], ...result, resultType: 'complete' } };
}

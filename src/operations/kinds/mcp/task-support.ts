// Tasks that an upstream makes of calls, of both generations: what it offers, and how it says that a call has become one.
import type { Client } from '@modelcontextprotocol/client';
import { RELATED_TASK, TASKS_EXTENSION } from '../../../contract/extras.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../contract/json.ts';
import { resolvePath } from '../../../contract/json/pointer.ts';

/** What a client says of tasks: the server decides about each call. */
export const TASKS_CAPABILITY = { [TASKS_EXTENSION]: {} };

/** Where the result of a newer call says that it is a task; the SDK knows none, and refuses it. */
const MADE_TASK = 'longhaul.made-task';

/** How long the server is asked to keep a result of the older generation, in milliseconds: as long as a task lasts by default. */
const KEPT_MS = 86_400_000;

/** Which of the two a connection speaks. */
interface Era {
  readonly isModern: boolean;
}

/** Of a tool, in 2025-11-25. */
export type TaskSupport = 'forbidden' | 'optional' | 'required';

/** What a tool says of tasks of 2025-11-25. */
export function readTaskSupport({ execution }: JsonObject): TaskSupport {
  const said = isJsonObject(execution) ? execution['taskSupport'] : undefined;
  return said === 'optional' || said === 'required' ? said : 'forbidden';
}

/** Whether the server of a newer connection may make a task of any call. */
export function mayMakeTasks(capabilities: object | undefined, isModern: boolean): boolean {
  return isModern && at(capabilities, 'extensions', TASKS_EXTENSION) !== undefined;
}

/** What asks for a task of the older generation; `null` where the server or the tool has none. */
export function toTaskParameter(
  { client, isModern }: Era & { readonly client: Pick<Client, 'getServerCapabilities'> },
  support: TaskSupport,
): JsonObject | null {
  const offers = at(client.getServerCapabilities(), 'tasks', 'requests', 'tools', 'call');
  return isModern || support === 'forbidden' || offers === undefined ? null : { ttl: KEPT_MS };
}

export interface MadeTask {
  readonly taskId: string;
  /** When it wants to be asked, in milliseconds. */
  readonly pollMs?: number;
}

/** The task that a result is; `null` for a result of the tool itself. */
export function readMadeTask({ isModern }: Era, result: JsonObject): MadeTask | null {
  const task = result[isModern ? MADE_TASK : 'task'];
  if (!isJsonObject(task) || typeof task['taskId'] !== 'string') return null;
  const pollMs = readPollMs(task);
  return { taskId: task['taskId'], ...(pollMs !== undefined && { pollMs }) };
}

/** When a task wants to be asked for again, in milliseconds, bounded. */
export function readPollMs(task: JsonObject): number | undefined {
  const said = task['pollIntervalMs'] ?? task['pollInterval'];
  if (typeof said !== 'number' || !(said > 0)) return undefined;
  return Math.round(Math.min(Math.max(said, SHORTEST_POLL_MS), LONGEST_POLL_MS));
}

const SHORTEST_POLL_MS = 100;
const LONGEST_POLL_MS = 60_000;

/** The task that a request of the server says it belongs to. */
export function readRelatedTask(params: unknown): string | null {
  const taskId = at(params, '_meta', RELATED_TASK, 'taskId');
  return typeof taskId === 'string' ? taskId : null;
}

/** The result without the task of the server that it came from: that is between the two of us. */
export function withoutTask(result: JsonObject): JsonObject {
  const { _meta: meta, ...rest } = result;
  if (!isJsonObject(meta)) return result;
  const { [RELATED_TASK]: related, ...others } = meta;
  if (related === undefined) return result;
  return Object.keys(others).length > 0 ? { ...rest, _meta: others } : rest;
}

interface Receiver {
  onmessage?: ((message: never, extra?: never) => void) | undefined;
}

/** Lets results of the type `task` through the SDK's client, which drops them. */
export function letTasksThrough(transport: Receiver): void {
  const deliver = transport.onmessage as ((message: unknown, extra: unknown) => void) | undefined;
  transport.onmessage = (message: unknown, extra: unknown) => {
    deliver?.(toComplete(message), extra);
  };
}

function toComplete(message: unknown): unknown {
  const result = isJsonObject(message) ? message['result'] : undefined;
  if (!isJsonObject(result) || result['resultType'] !== 'task') return message;
  return {
    ...(message as JsonObject),
    result: { resultType: 'complete', content: [], [MADE_TASK]: result },
  };
}

function at(value: unknown, ...path: readonly string[]): Json | undefined {
  return resolvePath((value ?? null) as Json, path);
}

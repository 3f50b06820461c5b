// What single clients read beside the protocol, in one place. Invariant: everything stands in `_meta` under the vendor's own prefix, so
// a client that does not know it does not read it.
import type { Task } from '../contract/task.ts';
import { sayUsual } from '../tasks/durations.ts';

/**
 * `_meta` of tools. Claude Code searches for tools, and shows its model at once only what says `alwaysLoad`; the rest is found by
 * `searchHint` as well. Source: its binary, 2.1.332.
 */
export const TOOL_META: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  initiate_background_task: { 'anthropic/alwaysLoad': true },
  resolve_task_status: { 'anthropic/alwaysLoad': true },
  list_operations: { 'anthropic/searchHint': 'which slow operations can be started' },
  read_task_result: { 'anthropic/searchHint': 'part of a large result of a background task' },
};

/** `_meta` of the answer that makes a native task: what Claude Code puts before its model. Source: as above. */
export function toTaskMeta({ operation, taskRef, idempotencyKey, usual }: Task): object {
  const said = usual ? ` (${sayUsual(usual)})` : '';
  return {
    'com.anthropic/agent-task': {
      modelImmediateResponse:
        `${operation} runs in the background${said}. Its task_ref is ${taskRef}, its idempotency_key ${JSON.stringify(idempotencyKey)}: ` +
        'they find it again, also in another session.',
    },
  };
}

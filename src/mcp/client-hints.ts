// What single clients read beside the protocol, in one place. Invariant: everything stands in `_meta` under the vendor's own prefix, so
// a client that does not know it does not read it. `test/foreign-clients/claude-code.test.ts` holds what Claude Code makes of each key.
import type { Task } from '../contract/task.ts';
import { sayUsual } from '../tasks/durations.ts';

type ToolMeta = Readonly<Record<string, unknown>>;

/** Claude Code searches for tools. At once it shows its model what says `alwaysLoad`; the rest is found by `searchHint` as well. */
const BY_TOOL: Readonly<Record<string, ToolMeta>> = {
  initiate_background_task: { 'anthropic/alwaysLoad': true },
  resolve_task_status: { 'anthropic/alwaysLoad': true },
  list_operations: { 'anthropic/searchHint': 'which slow operations can be started' },
  read_task_result: { 'anthropic/searchHint': 'part of a large result of a background task' },
};

/** Their answers carry results. */
const WITH_RESULTS: readonly string[] = [
  'initiate_background_task',
  'resolve_task_status',
  'read_task_result',
  'wait_for_background_tasks',
];

/** Above so many characters Claude Code writes an answer into a file, and shows its model the first 2 KB. */
const FILE_CHARACTERS = 50_000;

/** Characters of a token, at the most: of prose. */
const TOKEN_CHARACTERS = 6;

/** `_meta` of a control tool; `undefined` where it has none. */
export function toToolMeta(name: string, answerBudgetTokens: number): ToolMeta | undefined {
  const characters = answerBudgetTokens * TOKEN_CHARACTERS;
  const isCut = WITH_RESULTS.includes(name) && characters > FILE_CHARACTERS;
  const meta = {
    ...BY_TOOL[name],
    ...(isCut && { 'anthropic/maxResultSizeChars': characters }),
  };
  return Object.keys(meta).length > 0 ? meta : undefined;
}

/** `_meta` of the answer that makes a native task: what Claude Code puts before its model. */
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

// Which scopes a message needs. Invariant: what is not in the tables needs the right to write: a method or a tool that is
// added and forgotten here is closed, not open.
import { ANSWER, READ, WRITE, type Gate } from '../../auth/index.ts';
import { isJsonObject } from '../../contract/json.ts';

/** Methods that tell nothing about tasks. */
const FREE = new Set([
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'prompts/list',
  'logging/setLevel',
  'completion/complete',
]);

const BY_METHOD: Readonly<Record<string, string>> = {
  'tasks/get': READ,
  'tasks/result': READ,
  'tasks/list': READ,
  'resources/read': READ,
  'resources/subscribe': READ,
  'resources/unsubscribe': READ,
  'subscriptions/listen': READ,
  'tasks/update': ANSWER,
  'tasks/cancel': WRITE,
};

const BY_TOOL: Readonly<Record<string, string>> = {
  resolve_task_status: READ,
  list_background_tasks: READ,
  cancel_background_task: WRITE,
  provide_task_input: ANSWER,
};

/** Which scopes operations need beside those of the tables. */
export type ScopeRules = Pick<Gate, 'operationScopes' | 'answerScopes'>;

/** The scopes that answering a task of an operation needs beside the right to answer at all. */
export function toAnswerScopes(operation: string, rules: ScopeRules): readonly string[] {
  return own(rules.answerScopes, operation) ?? own(rules.operationScopes, operation) ?? [];
}

/** The tasks that a message, or a batch, answers by their handles: what that needs is known by their operations. */
export function toAnsweredTasks(message: unknown): readonly string[] {
  if (Array.isArray(message)) return message.flatMap(toAnsweredTasks);
  const { method, params } = isJsonObject(message) ? message : {};
  const { name, arguments: args, taskId } = isJsonObject(params) ? params : {};
  if (method === 'tasks/update') return typeof taskId === 'string' ? [taskId] : [];
  if (method !== 'tools/call' || name !== 'provide_task_input' || !isJsonObject(args)) return [];
  const { task_ref: taskRef } = args;
  return typeof taskRef === 'string' ? [taskRef] : [];
}

/** The scopes of a message, or of all messages of a batch. Notifications and answers need none. */
export function toRequiredScopes(message: unknown, rules: ScopeRules): readonly string[] {
  if (Array.isArray(message)) {
    return [...new Set(message.flatMap((one) => toRequiredScopes(one, rules)))];
  }
  if (!isJsonObject(message)) return [];
  const { method, params, id } = message;
  if (typeof method !== 'string' || FREE.has(method)) return [];
  if (id === undefined && method.startsWith('notifications/')) return [];
  if (method === 'tools/call') return toToolScopes(params, rules);
  return [own(BY_METHOD, method) ?? WRITE];
}

function toToolScopes(params: unknown, rules: ScopeRules): readonly string[] {
  const {
    name,
    arguments: args,
    inputResponses,
    requestState,
  } = isJsonObject(params) ? params : {};
  if (name === 'list_operations') return [];
  const scope = own(BY_TOOL, name);
  if (scope !== undefined) return [scope];
  // An operation as a tool of its own name, or by way of the pair.
  const given = isJsonObject(args) ? args['operation_type'] : undefined;
  const operation = name === 'initiate_background_task' ? given : name;
  const scopes = [WRITE, ...(own(rules.operationScopes, operation) ?? [])];
  // Both can bring answers along, for the task that the state names or for the one that starts.
  if (inputResponses === undefined && requestState === undefined) return scopes;
  if (typeof operation !== 'string') return [...scopes, ANSWER];
  return [...new Set([...scopes, ANSWER, ...toAnswerScopes(operation, rules)])];
}

function own<Value>(table: Readonly<Record<string, Value>>, key: unknown): Value | undefined {
  return typeof key === 'string' && Object.hasOwn(table, key) ? table[key] : undefined;
}

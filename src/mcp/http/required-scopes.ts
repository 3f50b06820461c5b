// Which scopes a message needs. Invariant: what is not in the tables needs the right to write: a method or a tool that is
// added and forgotten here is closed, not open.
import { READ, WRITE } from '../../auth/scopes.ts';
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
  'tasks/update': WRITE,
  'tasks/cancel': WRITE,
};

const BY_TOOL: Readonly<Record<string, string>> = {
  resolve_task_status: READ,
  list_background_tasks: READ,
  cancel_background_task: WRITE,
  provide_task_input: WRITE,
};

/** The scopes of a message, or of all messages of a batch. Notifications and answers need none. */
export function toRequiredScopes(
  message: unknown,
  operationScopes: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  if (Array.isArray(message)) {
    return [...new Set(message.flatMap((one) => toRequiredScopes(one, operationScopes)))];
  }
  if (!isJsonObject(message)) return [];
  const { method, params, id } = message;
  if (typeof method !== 'string' || FREE.has(method)) return [];
  if (id === undefined && method.startsWith('notifications/')) return [];
  if (method === 'tools/call') return toToolScopes(params, operationScopes);
  return [own(BY_METHOD, method) ?? WRITE];
}

function toToolScopes(
  params: unknown,
  operationScopes: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  const { name, arguments: args } = isJsonObject(params) ? params : {};
  if (name === 'list_operations') return [];
  const scope = own(BY_TOOL, name);
  if (scope !== undefined) return [scope];
  // An operation as a tool of its own name, or by way of the pair.
  const given = isJsonObject(args) ? args['operation_type'] : undefined;
  const operation = name === 'initiate_background_task' ? given : name;
  return [WRITE, ...(own(operationScopes, operation) ?? [])];
}

function own<Value>(table: Readonly<Record<string, Value>>, key: unknown): Value | undefined {
  return typeof key === 'string' && Object.hasOwn(table, key) ? table[key] : undefined;
}

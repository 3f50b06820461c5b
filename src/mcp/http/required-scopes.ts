// Which scopes a message needs; a control tool says so itself. Invariant: a method or a tool that is not known here needs the
// right to write: one that is added and forgotten is closed, not open.
import { ANSWER, READ, WRITE, type Gate } from '../../auth/index.ts';
import { CONTROL_TOOLS } from '../control/tools.ts';
import { toHandle } from '../forgive.ts';
import type { Tool } from '../tool.ts';
import { BATCH } from '../../contract/workflow/batch.ts';
import { parseJsonOrNot } from '../../contract/json/exact-number.ts';
import { isJsonObject } from '../../contract/json.ts';

/** Methods whose answers say nothing about tasks. */
const FREE = new Set([
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'prompts/list',
  'logging/setLevel',
]);

const BY_METHOD: Readonly<Record<string, string>> = {
  'tasks/get': READ,
  'tasks/result': READ,
  'tasks/list': READ,
  'resources/read': READ,
  'prompts/get': READ,
  'completion/complete': READ,
  'resources/subscribe': READ,
  'resources/unsubscribe': READ,
  'subscriptions/listen': READ,
  'tasks/update': ANSWER,
  'tasks/cancel': WRITE,
};

const CONTROL = new Map(CONTROL_TOOLS.map((tool) => [tool.name, tool]));

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
  const argument = method === 'tools/call' ? findTool(name)?.answersByArgument : undefined;
  if (argument === undefined || !isJsonObject(args)) return [];
  const { [argument]: taskRef } = args;
  return typeof taskRef === 'string' ? [toHandle(taskRef)] : []; // as the tool takes it
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
  const tool = findTool(name);
  if (tool?.scope === null) return [];
  if (tool && tool.startsByArgument === undefined) return [tool.scope];
  // An operation as a tool of its own name, or by way of a control tool.
  const argument = tool?.startsByArgument ?? null;
  const given = argument !== null && isJsonObject(args) ? args[argument] : undefined;
  const operation = tool ? given : name;
  const ofBatch =
    operation === BATCH ? toItemScopes(tool ? args : { parameters: args }, rules) : [];
  const scopes = [
    tool?.scope ?? WRITE,
    ...new Set([...(own(rules.operationScopes, operation) ?? []), ...ofBatch]),
  ];
  // Both can bring answers along, for the task that the state names or for the one that starts.
  if (inputResponses === undefined && requestState === undefined) return scopes;
  if (typeof operation !== 'string') return [...scopes, ANSWER];
  return [...new Set([...scopes, ANSWER, ...toAnswerScopes(operation, rules)])];
}

/** What the operation of a batch needs; all that any needs, where the call does not say which it is. */
function toItemScopes(args: unknown, { operationScopes }: ScopeRules): readonly string[] {
  const { parameters } = isJsonObject(args) ? args : {};
  // A text that holds an object is taken for one.
  const given = typeof parameters === 'string' ? parseJsonOrNot(parameters) : parameters;
  const operation = isJsonObject(given) ? given['operation'] : undefined;
  return typeof operation === 'string'
    ? (own(operationScopes, operation) ?? [])
    : Object.values(operationScopes).flat();
}

function findTool(name: unknown): Tool | undefined {
  return typeof name === 'string' ? CONTROL.get(name) : undefined;
}

function own<Value>(table: Readonly<Record<string, Value>>, key: unknown): Value | undefined {
  return typeof key === 'string' && Object.hasOwn(table, key) ? table[key] : undefined;
}

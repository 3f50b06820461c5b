// Calls as nobody should make them: the right names in the wrong places, with hostile values among plausible ones.
import fc from 'fast-check';
import * as z from 'zod';
import type { Json } from '../../src/contract/json.ts';
import { CONTROL_TOOL_NAMES } from '../../src/mcp/control/tools.ts';
import { defineOperation } from '../../src/operations/define.ts';
import { createRegistry, type Registry } from '../../src/operations/registry.ts';
import type { FakeTasks } from '../support/gateways/fake-task-service.ts';
import { deepText, hostileJson, hostileText } from '../support/operations/hostile-values.ts';
import { DONE, QUESTIONS } from './typed-operations.ts';

/** What belongs to another and must never be shown. */
export const SECRET = 'what-bob-keeps-to-himself';

/** Operations whose tools answer at once. */
export function createHostileRegistry(): Registry {
  const run = () => ({ pages: 0 });
  return createRegistry([
    defineOperation({
      name: 'report',
      description: 'Makes a report.',
      input: z.object({ month: z.string(), customer: z.string().nullable().optional() }),
      output: z.object({ pages: z.number() }),
      run,
    }),
    defineOperation({
      name: 'open',
      description: 'Takes anything.',
      input: z.looseObject({}),
      run,
    }),
    defineOperation({
      name: 'refund',
      description: 'Asks before it starts.',
      input: z.object({}),
      askFirst: () => QUESTIONS,
      run,
    }),
  ]);
}

/** Handles of tasks that are there: one that is done, one that asks, one of somebody else. */
export type Handles = readonly [done: string, asks: string, foreign: string];

/** Makes the tasks. */
export async function startTargets(tasks: FakeTasks): Promise<Handles> {
  const start = async (principal: string, idempotencyKey: string) => {
    const request = { operation: 'open', parameters: {}, idempotencyKey };
    return (await tasks.start({ principal }, request)).task.taskRef;
  };
  const handles: Handles = [
    await start('local', 'done'),
    await start('local', 'asks'),
    await start('bob', 'foreign'),
  ];
  tasks.set(handles[0], DONE);
  tasks.set(handles[1], { status: 'input_required', attempt: 1, requests: QUESTIONS });
  tasks.set(handles[2], { status: 'completed', result: SECRET, attempt: 1 });
  return handles;
}

/** A handle: of a task that is there, with more behind it, or anything; to be made with the handles that there are. */
export const hostileHandle: fc.Arbitrary<(handles: Handles) => string> = fc.oneof(
  hostileText.map((text) => () => text),
  fc.nat(2).map((index) => (handles: Handles) => handles[index] ?? ''),
  fc.tuple(fc.nat(2), hostileText).map(
    ([index, more]) =>
      (handles: Handles) =>
        `${handles[index] ?? ''}${more}`,
  ),
);

const KEY = 'reason';
const key = fc.oneof(fc.constantFrom(KEY, 'amount'), hostileText);

/** Answers to questions. */
export const hostileResponses: fc.Arbitrary<Json> = fc.oneof(
  hostileJson,
  fc.dictionary(key, hostileJson, { maxKeys: 3 }),
  fc.dictionary(
    key,
    fc.record({ action: fc.constantFrom('accept', 'decline', 'cancel'), content: hostileJson }),
    { maxKeys: 2 },
  ),
);

const TOOLS = [...CONTROL_TOOL_NAMES, 'report', 'open', 'refund'];
const ARGUMENTS = [
  'operation_type',
  'parameters',
  'idempotency_key',
  'max_wait_seconds',
  'wait_seconds',
  'task_ref',
  'responses',
  'status',
  'limit',
  'cursor',
  'reason',
  'month',
  'customer',
  '_meta',
  'callback_url',
];
const PLAUSIBLE: readonly Json[] = ['report', 'open', {}, { month: 'x' }, 'completed', 5, 'a-key'];

/** The name and the arguments of a call. */
export const hostileCall: fc.Arbitrary<{ readonly name: string; readonly args: Json }> = fc.record({
  name: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...TOOLS) },
    { weight: 1, arbitrary: hostileText },
  ),
  args: fc.oneof(
    {
      weight: 5,
      arbitrary: fc.dictionary(
        fc.oneof(
          { weight: 8, arbitrary: fc.constantFrom(...ARGUMENTS) },
          { weight: 1, arbitrary: hostileText },
        ),
        fc.oneof(hostileJson, hostileResponses, fc.constantFrom(...PLAUSIBLE)),
        { maxKeys: 5 },
      ),
    },
    { weight: 1, arbitrary: hostileJson },
  ),
});

const META = 'io.modelcontextprotocol/';

/** The `_meta` of a modern request. */
export const toModernMeta = (capabilities: Json): Record<string, Json> => ({
  [`${META}protocolVersion`]: '2026-07-28',
  [`${META}clientCapabilities`]: capabilities,
});

/** A `_meta`: of clients with different abilities, or anything. */
export const hostileMeta: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom({}, { elicitation: {} }, { extensions: { [`${META}tasks`]: {} } })
      .map((capabilities) => toModernMeta(capabilities)),
  },
  { weight: 1, arbitrary: hostileJson },
  {
    weight: 1,
    arbitrary: fc
      .tuple(hostileJson, hostileJson)
      .map(([capabilities, progressToken]) => ({ ...toModernMeta(capabilities), progressToken })),
  },
);

/** What comes back with answers: a state that was sent, or anything. */
export const hostileState: fc.Arbitrary<(handles: Handles) => Json> = fc.oneof(
  hostileJson.map((state) => () => state),
  hostileHandle.map((toHandle) => (handles: Handles) => `task:AAAAAAAA:${toHandle(handles)}`),
  fc
    .oneof(
      fc.oneof(hostileResponses, hostileJson).map((value) => JSON.stringify(value)),
      deepText.map((text) => `{"${KEY}":{"action":"accept","content":{"value":${text}}}}`),
      deepText,
      hostileText,
    )
    .map((text) => () => `answers:${Buffer.from(text).toString('base64url')}`),
);

const METHODS = [
  'initialize',
  'ping',
  'tools/list',
  'tools/call',
  'tasks/get',
  'tasks/list',
  'server/discover',
  'subscriptions/listen',
  'notifications/cancelled',
  'notifications/initialized',
  'completion/complete',
  'resources/read',
  'logging/setLevel',
];

/** A message, as text: of JSON-RPC in part, or anything. */
export const hostileMessage: fc.Arbitrary<string> = fc.oneof(
  fc
    .record(
      {
        jsonrpc: fc.oneof(fc.constant('2.0'), hostileJson),
        id: fc.oneof(fc.constant(1), hostileJson),
        method: fc.oneof(fc.constantFrom(...METHODS), hostileText),
        params: hostileJson,
        result: hostileJson,
      },
      { requiredKeys: ['jsonrpc'] },
    )
    .map((message) => JSON.stringify(message)),
  fc
    .array(fc.record({ jsonrpc: fc.constant('2.0'), id: fc.nat(), method: hostileText }), {
      maxLength: 3,
    })
    .map((batch) => JSON.stringify(batch)),
  hostileJson.map((value) => JSON.stringify(value)),
  hostileText,
  deepText,
);

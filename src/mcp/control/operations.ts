// list_operations: what can be initiated, and with which parameters, and what is switched off for the moment. As long as it fits into
// an answer the list is whole, with the schemas of parameters; beyond that it is searched, and shows ten at a time.
import * as z from 'zod';
import type { TaskError } from '../../contract/errors.ts';
import type { JsonObject } from '../../contract/json.ts';
import { toFirstSentence } from '../../contract/text.ts';
import type { Operation } from '../../operations/operation.ts';
import type { RegisteredOperation } from '../../operations/registry.ts';
import { sayUsual } from '../../tasks/durations.ts';
import type { Call } from '../call.ts';
import { estimateTokens } from '../results/tokens.ts';
import { defineTool } from '../tool.ts';
import { toParameters } from './operation-line.ts';

/** What an answer carries where nothing is cut by itself, in tokens. */
const DEFAULT_TOKENS = 5_000;

/** Operations of one answer, where not all fit into it. */
const PAGE = 10;

const START =
  'Call initiate_background_task with an operation_type and parameters that fit its input_schema.';

const input = z.strictObject({
  query: z.string().max(500).optional().describe('Words that say what you want to do.'),
  tag: z.string().optional(),
  operation_type: z.string().optional(),
  offset: z.int().min(0).optional(),
});

export const operationsTool = defineTool({
  name: 'list_operations',
  scope: null,
  instruction: { purpose: 'shows what can be started' },
  title: 'List operations',
  description:
    'Shows what initiate_background_task can start; query and tag narrow it. ' +
    'With operation_type: everything about one operation, its schemas and limits included. ' +
    'One that is unavailable is refused for the moment.',
  input,
  answer: (args, call) => Promise.resolve(answer(args, call)),
});

function answer(
  { query, tag, operation_type, offset = 0 }: z.output<typeof input>,
  call: Call,
): object {
  const { registry, find } = call.offer;
  if (operation_type !== undefined) {
    const whole = toWholeAnswer(registry.get(operation_type));
    return { operations: [withState(whole, call)], next_step: START };
  }
  const all = registry.all.map(({ operation }) => operation);
  const found = (query === undefined ? all : find(query)).filter(
    ({ tags }) => tag === undefined || tags.includes(tag),
  );
  const whole = found.map(toShortAnswer);
  const budget = call.mcp.tools.answerBudgetTokens || DEFAULT_TOKENS;
  if (call.isProgram || (offset === 0 && estimateTokens(JSON.stringify(whole)) <= budget)) {
    return {
      operations: whole.map((one) => withState(one, call)),
      next_step:
        whole.length > 0
          ? START
          : 'Nothing has these words: call list_operations with others, or with none.',
    };
  }
  const page = found.slice(offset, offset + PAGE);
  const left = Math.max(0, found.length - offset - page.length);
  const more =
    left > 0
      ? ` ${left} more: narrow them with query or tag, or call list_operations again with offset ${offset + PAGE}.`
      : '';
  return {
    operations: page.map((one) => withState(toLineAnswer(one), call)),
    left,
    next_step: `Call list_operations with the operation_type that you need for its input_schema.${more}`,
  };
}

/** How long it usually takes, and why every start is refused for now. */
function withState(shown: { readonly operation_type: string }, { mcp, caller }: Call): object {
  const usual = mcp.tasks.usual(shown.operation_type);
  const refusal = mcp.tasks.refusal(caller, shown.operation_type);
  return {
    ...shown,
    ...(usual && { duration: sayUsual(usual) }),
    ...(refusal && { unavailable: toUnavailable(refusal) }),
  };
}

function toUnavailable({ code, message, retryAfterMs }: TaskError): JsonObject {
  return { code, message, ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }) };
}

function toTags({ tags }: Operation): object {
  return tags.length > 0 ? { tags } : {};
}

function toLineAnswer(operation: Operation) {
  return {
    operation_type: operation.name,
    description: toFirstSentence(operation.description),
    ...toTags(operation),
    parameters: toParameters(operation.inputSchema),
  };
}

function toShortAnswer(operation: Operation) {
  return {
    operation_type: operation.name,
    description: operation.description,
    ...toTags(operation),
    input_schema: operation.inputSchema,
  };
}

function toWholeAnswer({ operation, policy }: RegisteredOperation) {
  return {
    ...toShortAnswer(operation),
    output_schema: operation.outputSchema,
    kind: operation.steps.kind,
    idempotent: operation.idempotent,
    limits: {
      queue_seconds: policy.queueMs / 1000,
      attempt_seconds: policy.attemptMs / 1000,
      total_seconds: policy.totalMs / 1000,
      heartbeat_seconds: policy.heartbeatMs / 1000,
      retry_attempts: policy.retry.attempts,
    },
  };
}

// initiate_background_task: starts a task and hands out its handle. Invariant: once the task service has confirmed the
// start, the caller gets the handle, whatever becomes of the wait.
import * as z from 'zod';
import { WRITE } from '../../auth/index.ts';
import { OperationError } from '../../contract/errors.ts';
import { IDEMPOTENCY_KEY, KEY_EXPECTED } from '../../contract/idempotency-key.ts';
import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import type { Operation } from '../../operations/operation.ts';
import type { Issue } from '../../operations/schema/issues.ts';
import type { Registry } from '../../operations/registry.ts';
import type { Started } from '../../tasks/service.ts';
import type { Explanation } from '../arguments.ts';
import type { Call } from '../call.ts';
import type { McpContext } from '../context.ts';
import { forgive } from '../forgive.ts';
import { defineTool } from '../tool.ts';
import { toInitiateAnswer, toTaskAnswer, type InitiateAnswer } from '../../tasks/answer.ts';
import { toEqualRequestStep } from '../../tasks/next-step.ts';
import { waitForTask } from '../wait.ts';
import { estimateTokens } from '../results/tokens.ts';
import { toOperationLine } from './operation-line.ts';

const input = z.strictObject({
  operation_type: z.string(),
  // Optional here, required as published: the refusal of a call without it says what the operation expects.
  parameters: z.looseObject({}).optional(),
  idempotency_key: z.string().regex(IDEMPOTENCY_KEY, KEY_EXPECTED).optional().meta({
    description: 'Your name for this request; repeating it returns the same task.',
  }),
  max_wait_seconds: z.number().positive().optional().meta({
    description: 'Total time allowed; clamped to the limit of the operation.',
  }),
  wait_seconds: z.number().min(0).optional().meta({
    description: 'How long this call may wait for the outcome. Default 0.',
  }),
  start_after_seconds: z.number().min(0).max(2_592_000).optional().meta({
    description: 'Starts that much later, at most 30 days.',
  }),
  callback_url: z.string().max(2_000).optional().describe('Where the outcome is POSTed, signed.'),
});

export const initiateTool = defineTool({
  name: 'initiate_background_task',
  scope: WRITE,
  startsByArgument: 'operation_type',
  instruction: {
    sentence:
      'Start one with initiate_background_task, always with an idempotency_key of your own, and keep the task_ref that comes back at once.',
  },
  title: 'Initiate background task',
  description: ({ registry }) =>
    [
      'Starts a slow operation in the background and returns a task_ref at once; read its outcome with resolve_task_status.',
      'Send an idempotency_key, so that a repeated call finds the same task instead of starting a second one.',
      toOperationLines(registry),
    ].join('\n'),
  repeats: true,
  input,
  publish: toPublished,
  explain: (args, { offer }) => explain(args, offer.registry),
  answer: async (args, call) => {
    const { mcp, caller, offer } = call;
    // One that is known and not offered is refused like an unknown one.
    const { operation } = offer.registry.get(args.operation_type);
    const parameters = forgive((args.parameters ?? {}) as JsonObject, operation.inputSchema);
    const started = await mcp.tasks.start(caller, {
      operation: args.operation_type,
      parameters,
      idempotencyKey: args.idempotency_key,
      callbackUrl: args.callback_url,
      maxWaitMs: args.max_wait_seconds && args.max_wait_seconds * 1000,
      startAfterMs: args.start_after_seconds && Math.ceil(args.start_after_seconds * 1000),
    });
    // Without a key, equal requests may or may not be duplicates.
    const isNew = args.idempotency_key !== undefined && !started.deduplicated;
    const earlier = isNew ? await mcp.equalRequests.note(caller, started.task, parameters) : null;
    const answer = await answerStarted(call, started, args.wait_seconds ?? 0);
    if (!earlier || answer.done) return answer;
    return { ...answer, next_step: toEqualRequestStep(earlier) + answer.next_step };
  },
});

async function answerStarted(
  call: Call,
  started: Started,
  seconds: number,
): Promise<InitiateAnswer> {
  const { polling } = call.mcp;
  if (seconds === 0) return toInitiateAnswer(started, polling);
  const { task, deduplicated } = started;
  // The start is confirmed: a wait that fails costs the outcome for now, never the handle.
  const awaited = await waitForTask(call, task.taskRef, seconds).catch(() => task);
  return { ...toTaskAnswer(awaited, polling), deduplicated };
}

/** What the description has room for, in tokens. */
const LINES_TOKENS = 1_000;

function toOperationLines(registry: Registry): string {
  if (!areShown(registry)) {
    return `There are ${registry.all.length} operations: list_operations finds the one that you need.`;
  }
  return ['Operations:', ...toLines(registry)].join('\n');
}

function toLines(registry: Registry): string[] {
  return registry.all.map(({ operation }) => toOperationLine(operation));
}

function areShown(registry: Registry): boolean {
  return estimateTokens(toLines(registry).join('\n')) <= LINES_TOKENS;
}

/** What is always refused is not shown: a model pays for every word. */
function toPublished(schema: JsonObject, { registry, takesCallbackUrl }: McpContext): JsonObject {
  const names = areShown(registry) ? registry.all.map(({ operation }) => operation.name) : [];
  const { callback_url, ...properties } = schema['properties'] as JsonObject;
  return {
    ...schema,
    properties: {
      ...properties,
      ...(takesCallbackUrl && callback_url !== undefined && { callback_url }),
      operation_type: { type: 'string', ...(names.length > 0 && { enum: names }) },
      parameters: {
        type: 'object',
        description: 'Parameters of the operation; list_operations shows their schema.',
      },
    },
    required: ['operation_type', 'parameters'],
  };
}

/**
 * What the operation has to say where arguments of the tool do not fit: what else is wrong, and its own schema, since a
 * common slip is to send its parameters as arguments of the tool.
 */
function explain(args: JsonObject, registry: Registry): Explanation {
  const { operation_type: name, parameters } = args;
  if (typeof name !== 'string') return {};
  try {
    const { operation } = registry.get(name);
    const details = { parameters_schema: operation.inputSchema };
    const issues = isJsonObject(parameters) ? findIssues(operation, parameters) : [];
    return { issues, details };
  } catch (error) {
    return { issues: [{ path: '/operation_type', message: (error as Error).message }] };
  }
}

function findIssues(operation: Operation, parameters: JsonObject): readonly Issue[] {
  try {
    operation.accept(forgive(parameters, operation.inputSchema));
    return [];
  } catch (error) {
    const details = error instanceof OperationError ? error.details : undefined;
    const { issues = [] } = (details ?? {}) as { readonly issues?: readonly Issue[] };
    return issues.map(({ path, message }) => ({ path: `/parameters${path}`, message }));
  }
}

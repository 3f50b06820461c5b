// list_operations: what can be initiated, and with which parameters, and what is switched off for the moment.
import * as z from 'zod';
import type { TaskError } from '../../contract/errors.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { RegisteredOperation } from '../../operations/registry.ts';
import { defineTool } from '../tool.ts';

const schema: z.ZodType<JsonObject> = z.looseObject({}) as never;

const operationAnswer = z.strictObject({
  operation_type: z.string(),
  description: z.string(),
  input_schema: schema,
  output_schema: schema.nullable().optional(),
  kind: z.enum(['run', 'job', 'workflow']).optional(),
  idempotent: z.boolean().optional(),
  limits: z
    .strictObject({
      queue_seconds: z.number(),
      attempt_seconds: z.number(),
      total_seconds: z.number(),
      heartbeat_seconds: z.number(),
      retry_attempts: z.number(),
    })
    .optional(),
  unavailable: z
    .strictObject({
      code: z.string(),
      message: z.string(),
      retry_after_ms: z.number().optional(),
    })
    .optional(),
});

type OperationAnswer = z.output<typeof operationAnswer>;

export const operationsTool = defineTool({
  name: 'list_operations',
  scope: null,
  instruction: { purpose: 'shows what can be started' },
  title: 'List operations',
  description:
    'Shows what initiate_background_task can start, with the schema of the parameters. ' +
    'With operation_type: everything about one operation, its output schema and limits included. ' +
    'One that is unavailable is refused for the moment.',
  annotations: { readOnlyHint: true, openWorldHint: false },
  input: z.strictObject({ operation_type: z.string().optional() }),
  output: z.strictObject({ operations: z.array(operationAnswer), next_step: z.string() }),
  answer: ({ operation_type }, { mcp: { registry, tasks }, caller }) => {
    const answers =
      operation_type === undefined
        ? registry.all.map(toShortAnswer)
        : [toWholeAnswer(registry.get(operation_type))];
    return Promise.resolve({
      operations: answers.map((answer) => {
        const refusal = tasks.refusal(caller, answer.operation_type);
        return refusal ? { ...answer, unavailable: toUnavailable(refusal) } : answer;
      }),
      next_step:
        'Call initiate_background_task with an operation_type and parameters that fit its input_schema.',
    });
  },
});

/** Why every start is refused for now. */
function toUnavailable({ code, message, retryAfterMs }: TaskError): OperationAnswer['unavailable'] {
  return { code, message, ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }) };
}

function toShortAnswer({ operation }: RegisteredOperation): OperationAnswer {
  return {
    operation_type: operation.name,
    description: operation.description,
    input_schema: operation.inputSchema,
  };
}

function toWholeAnswer(registered: RegisteredOperation): OperationAnswer {
  const { operation, policy } = registered;
  return {
    ...toShortAnswer(registered),
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

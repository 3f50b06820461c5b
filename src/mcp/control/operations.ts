// list_operations: what can be initiated, and with which parameters, and what is switched off for the moment.
import * as z from 'zod';
import type { TaskError } from '../../contract/errors.ts';
import type { OperationKind } from '../../contract/activity-id.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { RegisteredOperation } from '../../operations/registry.ts';
import { defineTool } from '../tool.ts';

interface OperationAnswer {
  readonly operation_type: string;
  readonly description: string;
  readonly input_schema: JsonObject;
  readonly output_schema?: JsonObject | null;
  readonly kind?: OperationKind;
  readonly idempotent?: boolean;
  readonly limits?: Readonly<Record<string, number>>;
  /** Why every start is refused for now. */
  readonly unavailable?: JsonObject;
}

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

function toUnavailable({ code, message, retryAfterMs }: TaskError): JsonObject {
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

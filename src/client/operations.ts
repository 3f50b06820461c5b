// What a Longhaul gateway can run, as tools of an agent framework need it.
import type { JsonObject } from '../contract/json.ts';
import { toToolAnswer } from './answer.ts';
import type { CallTool } from './call-tool.ts';
import { LONGHAUL_DIALECT } from './dialect.ts';
import { TaskClientError } from './errors.ts';

/** An operation as a model sees it. */
export interface OperationDescription {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the parameters. */
  readonly inputSchema: JsonObject;
}

interface ListedOperation {
  readonly operation_type: string;
  readonly description: string;
  readonly input_schema: JsonObject;
}

/** A program can read schemas of any number, whatever a model is shown. */
const WHOLE = LONGHAUL_DIALECT.wholeResult ?? {};

const LIST_MS = 30_000;

/** Asks a Longhaul gateway what it can run. @throws {TaskClientError} when it refuses to say */
export async function listOperations(
  callTool: CallTool,
  { signal = AbortSignal.timeout(LIST_MS) }: { readonly signal?: AbortSignal } = {},
): Promise<readonly OperationDescription[]> {
  const read = toToolAnswer(
    await callTool('list_operations', WHOLE, { signal, timeoutMs: LIST_MS }),
  );
  if (!read.ok) {
    const { code, message, retryable, details } = read.refusal;
    throw new TaskClientError(code, message, { retryable, details });
  }
  const { operations } = read.answer;
  // Longhaul's own answer, whose fields are fixed.
  const listed = (Array.isArray(operations) ? operations : []) as readonly ListedOperation[];
  return listed.map(({ operation_type: name, description, input_schema: inputSchema }) => ({
    name,
    description,
    inputSchema,
  }));
}

// What the native faces are made from, and how each of their methods is answered. Invariant: whatever happens in a
// method, the caller gets a result or a JSON-RPC error of ours, and a call that was admitted is answered.
import { ProtocolError, type Result, type ServerContext } from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { OperationLog } from '../operations/context.ts';
import type { Polling } from '../tasks/options.ts';
import type { Caller, TaskService } from '../tasks/service.ts';
import type { Drain } from './drain.ts';
import { toRefusalCode, type OnRefusal } from './refusal.ts';
import { toProtocolError } from './protocol-error.ts';

/** What the native faces share. */
export interface NativeFaces {
  readonly tasks: TaskService;
  readonly drain: Drain;
  /** On whose behalf a request is answered. */
  caller(context: ServerContext): Caller;
  readonly polling: Polling;
  readonly log: Pick<OperationLog, 'error'>;
  readonly onRefusal: OnRefusal;
}

/** Takes parameters as they come: what does not fit is refused by `parseParameters`, after the capability check. */
export const anyParameters = { params: z.looseObject({}) };

/** The parameters of most methods. */
export const taskParameters = z.looseObject({ taskId: z.string() });

/**
 * Parses the parameters of a request.
 *
 * @throws {ProtocolError} -32602, with every offending path
 */
export function parseParameters<Schema extends z.ZodType>(
  schema: Schema,
  raw: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new ProtocolError(-32602, `Invalid params: ${issues.join('; ')}`);
}

/** Makes the handler of a method. */
export function createHandler(
  faces: NativeFaces,
  method: string,
  answer: (params: unknown, context: ServerContext) => Promise<object>,
): (params: unknown, context: ServerContext) => Promise<Result> {
  const { drain, log, onRefusal } = faces;
  return async (params, context) => {
    try {
      const { principal } = faces.caller(context);
      return (await drain.admit(principal, () => answer(params, context))) as Result;
    } catch (thrown) {
      // Nobody reads an answer to a request that was withdrawn, and its failure is nobody's fault.
      if (context.mcpReq.signal.aborted)
        throw new ProtocolError(-32603, 'the request was cancelled');
      onRefusal(method, toRefusalCode(thrown));
      throw toProtocolError(thrown, method, log);
    }
  };
}

// How each method beside tools/call is answered. Invariant: whatever happens in a method, the caller gets a result or a JSON-RPC
// error of ours.
import { ProtocolError, type Result, type Server } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { answerCall, type Call } from './call.ts';
import type { McpContext } from './context.ts';
import { toProtocolError } from './protocol-error.ts';
import { toRefusalCode } from './refusal.ts';

export type Method = (params: unknown, call: Call) => Promise<object>;

// Parameters are taken as they come: what does not fit is refused by `parseParameters`, after the capability check.
const anyParameters = { params: z.looseObject({}) };

const taskParameters = z.looseObject({ taskId: z.string() });

/** @throws {ProtocolError} -32602, when the request names no task */
export function parseTaskId(params: unknown): string {
  return parseParameters(taskParameters, params).taskId;
}

/** @throws {ProtocolError} -32602, with every offending path */
export function parseParameters<Schema extends z.ZodType>(
  schema: Schema,
  raw: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new ProtocolError(-32602, `Invalid params: ${describeMisfits(parsed.error)}`);
}

/** What is wrong with parameters of the protocol, every path with dots between its keys. */
export function describeMisfits({ issues }: z.core.$ZodError): string {
  return issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ');
}

export function registerMethods(
  server: Server,
  mcp: McpContext,
  methods: Readonly<Record<string, Method>>,
): void {
  for (const [method, answer] of Object.entries(methods)) {
    server.setRequestHandler(method, anyParameters, async (params, context) => {
      try {
        return (await answerCall(mcp, server, context, (call) => answer(params, call))) as Result;
      } catch (thrown) {
        // No client reads the answer to a request that it withdrew, and its failure is no refusal.
        if (context.mcpReq.signal.aborted)
          throw new ProtocolError(-32603, 'the request was cancelled');
        mcp.onRefusal(method, toRefusalCode(thrown));
        throw toProtocolError(thrown, method, mcp.log);
      }
    });
  }
}

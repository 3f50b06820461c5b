// One request, by whichever face it comes. Invariants: the principal comes from the verified token of this very request, or from
// the wiring where callers do not authenticate, never from anything that the request says; a call that was admitted is answered.
import type { Server, ServerContext } from '@modelcontextprotocol/server';
import { EXTRAS } from '../contract/extras.ts';
import { isJsonObject } from '../contract/json.ts';
import type { Progress } from '../contract/task.ts';
import { parseTraceContext } from '../contract/trace.ts';
import type { Caller } from '../tasks/service.ts';
import type { McpContext } from './context.ts';
import type { Offer } from './offer.ts';
import { withProgress } from './progress.ts';

export interface Call {
  readonly mcp: McpContext;
  readonly caller: Caller;
  /** The operations that it is shown. */
  readonly offer: Offer;
  /** Passes progress on; present when the caller sent a progress token. */
  readonly onProgress: ((progress: Progress) => void) | undefined;
  /** A program reads the answer, and asks for the whole of it. */
  readonly isProgram: boolean;
  /** The connection that the request came on. */
  readonly server: Server;
  /** The request as the SDK has it. */
  readonly context: ServerContext;
}

/**
 * Answers a request of the caller that it comes from.
 *
 * @param args of a tool: not every connection of a program carries the `_meta` of a request
 * @throws {OperationError} `BACKEND_UNAVAILABLE` in a shutdown, `RATE_LIMITED` above the caller's limit of calls
 */
export async function answerCall<Answer>(
  mcp: McpContext,
  server: Server,
  context: ServerContext,
  answer: (call: Call) => Promise<Answer>,
  args?: unknown,
): Promise<Answer> {
  const caller = toCaller(context, mcp.principal);
  const offer = mcp.offerTo(context.http?.authInfo?.scopes);
  return mcp.drain.admit(caller.principal, () =>
    withProgress(context, (onProgress) =>
      answer({
        ...{ mcp, caller, offer, server, context, onProgress },
        isProgram: asksForWhole(context.mcpReq._meta) || asksForWhole(toMeta(args)),
      }),
    ),
  );
}

function toMeta(args: unknown): unknown {
  return isJsonObject(args) ? args['_meta'] : undefined;
}

function asksForWhole(meta: unknown): boolean {
  return isJsonObject(meta) && meta[EXTRAS.wholeResult] === true;
}

/** The caller of a request; a `principal` of `null` means that its token names it. */
function toCaller({ mcpReq, http }: ServerContext, principal: string | null): Caller {
  const named: unknown = principal ?? http?.authInfo?.extra?.['principal'];
  if (typeof named !== 'string')
    throw new TypeError('a request came past the gate without a principal');
  const trace = parseTraceContext(mcpReq._meta?.['traceparent'], mcpReq._meta?.['tracestate']);
  return { principal: named, signal: mcpReq.signal, trace: trace ?? undefined };
}

// On whose behalf a request is answered. Invariant: the principal comes from the verified token of this very request, or from
// the wiring where nobody authenticates; never from anything that the request says.
import type { ServerContext } from '@modelcontextprotocol/server';
import { parseTraceContext } from '../contract/trace.ts';
import type { Caller } from '../tasks/service.ts';

/** The caller of a request; a `principal` of `null` means that its token names it. */
export function toCaller({ mcpReq, http }: ServerContext, principal: string | null): Caller {
  const named: unknown = principal ?? http?.authInfo?.extra?.['principal'];
  if (typeof named !== 'string')
    throw new TypeError('a request came past the gate without a principal');
  const trace = parseTraceContext(mcpReq._meta?.['traceparent'], mcpReq._meta?.['tracestate']);
  return { principal: named, signal: mcpReq.signal, ...(trace && { trace }) };
}

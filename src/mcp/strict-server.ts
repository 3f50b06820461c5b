// The SDK's server, but for one code: parameters of its own methods that do not fit are answered by it as an internal error,
// though the call is to blame and not the server.
import {
  ProtocolError,
  Server,
  type JSONRPCRequest,
  type Result,
  type ServerContext,
} from '@modelcontextprotocol/server';

/** Methods whose parameters the SDK parses by itself. */
const PARSED_BY_SDK = new Set(['initialize', 'ping', 'server/discover', 'tools/list']);

/** Longest explanation of what does not fit, in characters. */
const LONGEST = 1_000;

type Handler = (request: JSONRPCRequest, context: ServerContext) => Promise<Result>;

/** A server that answers parameters which do not fit with -32602, whatever the method. */
export class StrictServer extends Server {
  protected override _wrapHandler(method: string, handler: Handler): Handler {
    const wrapped = super._wrapHandler(method, handler);
    if (!PARSED_BY_SDK.has(method)) return wrapped;
    return async (request, context) => {
      try {
        return await wrapped(request, context);
      } catch (thrown) {
        if (thrown instanceof ProtocolError || !(thrown instanceof Error)) throw thrown;
        const why = thrown.message.replaceAll(/\s+/g, ' ').slice(0, LONGEST);
        throw new ProtocolError(-32602, `Invalid params for ${method}: ${why}`);
      }
    };
  }
}

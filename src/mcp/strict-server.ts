// The SDK's server, but for four things. Parameters of its own methods that do not fit are answered by it as an internal error,
// though the call is to blame and not the server. A call of a tool whose arguments are no object is refused by it with an error
// of the protocol, which no model sees: here the tool itself refuses them. What a tool answers goes out whole. And no answer holds what
// UTF-8 cannot carry.
import {
  ProtocolError,
  Server,
  type JSONRPCRequest,
  type Result,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { isJsonObject } from '../contract/json.ts';
import { cut, toWellFormed } from '../contract/text.ts';

/** Methods whose parameters the SDK parses by itself. */
const PARSED_BY_SDK = new Set(['initialize', 'ping', 'server/discover', 'tools/list']);

/** Longest explanation of what does not fit, in characters. */
const LONGEST = 1_000;

type Handler = (request: JSONRPCRequest, context: ServerContext) => Promise<Result>;

/** A server that answers parameters which do not fit with -32602, and leaves the arguments of a tool to the tool. */
export class StrictServer extends Server {
  protected override _wrapHandler(method: string, handler: Handler): Handler {
    const wrapped =
      method === 'tools/call' ? this.#wrapCall(handler) : super._wrapHandler(method, handler);
    return async (request, context) => {
      try {
        return toWellFormed(await wrapped(request, context));
      } catch (thrown) {
        if (thrown instanceof ProtocolError) {
          thrown.message = thrown.message.toWellFormed();
          throw thrown;
        }
        if (!PARSED_BY_SDK.has(method) || !(thrown instanceof Error)) throw thrown;
        const why = cut(thrown.message.replaceAll(/\s+/g, ' '), LONGEST);
        throw new ProtocolError(-32602, `Invalid params for ${method}: ${why}`);
      }
    };
  }

  /**
   * The SDK checks a request and hands the same one on, and it hands on a copy of a result, without what its own schemas lack: it is shown
   * a fitting one of each, the handler gets what came, and the caller what the handler says.
   */
  #wrapCall(handler: Handler): Handler {
    return async (request, context) => {
      const fitting = toFitting(request);
      let said: Result = FITTING_RESULT;
      const wrapped = super._wrapHandler('tools/call', async (asked, given) => {
        said = await handler(asked === fitting ? request : asked, given);
        return said['resultType'] === 'input_required' ? said : FITTING_RESULT;
      });
      const checked = await wrapped(fitting, context);
      return said['resultType'] === 'input_required' ? checked : { ...checked, ...said };
    };
  }
}

const FITTING_RESULT: Result = { content: [] };

function toFitting(request: JSONRPCRequest): JSONRPCRequest {
  const params = request.params ?? {};
  const { arguments: args } = params;
  if (params['task'] === undefined && (args === undefined || isJsonObject(args))) return request;
  const fitting = { ...params, task: undefined, arguments: isJsonObject(args) ? args : {} };
  return { ...request, params: fitting };
}

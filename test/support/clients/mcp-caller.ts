// An MCP caller that costs next to nothing, for many agents at once: JSON-RPC written by hand over undici with
// keep-alive, in the form of either era. What it measures is the gateway, not an SDK's client.
import { Pool, type Dispatcher } from 'undici';

/** The protocol era whose form a call has. */
export type Era = 'modern' | 'legacy';

/** Fields of the pair's answers; those after `poll_after_ms` are missing where nothing was waited for. */
export interface PairAnswer {
  readonly task_ref: string;
  readonly status: string;
  readonly created_at: string;
  readonly poll_after_ms: number | null;
  readonly done?: boolean;
  readonly deadline?: string;
  readonly updated_at?: string;
  readonly attempt?: number | null;
  readonly error?: { readonly code: string } | null;
}

/** Calls tools of one gateway. */
export interface McpCaller extends AsyncDisposable {
  /** Rejects with a `RefusedError` when the answer is an error, with undici's error when there is no answer. */
  call(tool: string, args: object): Promise<PairAnswer>;
  /** Any method: its result, with the same errors. A modern request declares these capabilities of the client. */
  request(
    method: string,
    params: Params,
    capabilities?: object,
  ): Promise<Readonly<Record<string, unknown>>>;
}

/** What a request names in its header beside its method. */
interface Params {
  readonly name?: string;
  readonly taskId?: string;
  readonly [field: string]: unknown;
}

/** An answer that is an error; the message is the whole of it. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

const toMeta = (capabilities: object) => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': capabilities,
});

/** Opens a caller with up to `connections` connections; `token` where the gateway asks for one. */
export function openMcpCaller(
  mcpUrl: string,
  connections: number,
  era: Era = 'modern',
  token?: string,
): McpCaller {
  const { origin, pathname } = new URL(mcpUrl);
  const pool = new Pool(origin, { connections, headersTimeout: 60_000, bodyTimeout: 60_000 });
  let id = 0;
  const send = async (method: string, params: Params, capabilities: object) => {
    const name = params.taskId ?? params.name;
    return dispatch(pool, {
      path: pathname,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(era === 'modern'
          ? {
              'mcp-protocol-version': '2026-07-28',
              'mcp-method': method,
              ...(name !== undefined && { 'mcp-name': name }),
            }
          : { 'mcp-protocol-version': '2025-11-25' }),
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: ++id,
        method,
        params: { ...params, ...(era === 'modern' && { _meta: toMeta(capabilities) }) },
      }),
    });
  };
  return {
    call: async (tool, args) =>
      parse(await send('tools/call', { name: tool, arguments: args }, {})),
    request: async (method, params, capabilities = {}) => {
      const text = await send(method, params, capabilities);
      const { result } = toMessage(text);
      if (!result) throw new RefusedError(text);
      return result;
    },
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

/** The text of an answer. Collected by hand: a stream for each answer would cost more than the rest of the call. */
async function dispatch(pool: Pool, request: Dispatcher.DispatchOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    pool.dispatch(request, {
      onRequestStart: () => undefined,
      onResponseStart: () => undefined,
      onResponseData: (_, chunk) => {
        chunks.push(chunk);
      },
      onResponseEnd: () => {
        resolve(Buffer.concat(chunks).toString());
      },
      onResponseError: (_, error) => {
        reject(error);
      },
    });
  });
}

function parse(text: string): PairAnswer {
  const answer = toMessage(text).result?.['structuredContent'];
  if (!answer) throw new RefusedError(text);
  return answer as PairAnswer;
}

/** An answer comes as one JSON object or as an event stream with one message. */
function toMessage(text: string): { readonly result?: Readonly<Record<string, unknown>> } {
  const json = text.startsWith('{') ? text : (/^data: (.*)$/m.exec(text)?.[1] ?? text);
  return JSON.parse(json) as ReturnType<typeof toMessage>;
}

// A connection, as this library needs it: one function that calls a tool. Invariant: nothing here knows an MCP SDK;
// adapters for the SDKs' clients are typed by shape, so neither SDK is a dependency.
import type { Json, JsonObject } from '../contract/json.ts';
import type { Progress } from '../contract/task.ts';

/** What a call of a tool may carry beside its arguments. */
export interface CallOptions {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** How long the call may take, in milliseconds; always longer than the wait that the call asks for. */
  readonly timeoutMs: number;
  /** Present when somebody listens to progress notifications. */
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Calls a tool over whatever connection there is. Resolves to an MCP tool result, or to the answer itself (an object, or
 * its JSON as text); rejects when no answer came.
 */
export type CallTool = (tool: string, args: JsonObject, options: CallOptions) => Promise<unknown>;

/** A progress notification as the SDKs report it. */
interface ProgressNotice {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

/** What is asked of an SDK's client with each call. */
interface RequestOptions {
  readonly signal: AbortSignal;
  readonly timeout: number;
  readonly onprogress?: (notice: ProgressNotice) => void;
}

interface ToolCall {
  readonly name: string;
  readonly arguments: Record<string, Json>;
}

/** The slice of `Client` of `@modelcontextprotocol/client` (version 2) that is used. */
export interface McpClient {
  callTool(call: ToolCall, options: RequestOptions): Promise<unknown>;
}

/** The slice of `Client` of `@modelcontextprotocol/sdk` (version 1) that is used. */
export interface LegacyMcpClient {
  callTool(call: ToolCall, resultSchema: undefined, options: RequestOptions): Promise<unknown>;
}

/** Calls tools over a connected `Client` of `@modelcontextprotocol/client`. */
export function fromClient(client: McpClient): CallTool {
  return (tool, args, options) =>
    client.callTool({ name: tool, arguments: { ...args } }, toRequestOptions(options));
}

/** Calls tools over a connected `Client` of `@modelcontextprotocol/sdk`. */
export function fromLegacyClient(client: LegacyMcpClient): CallTool {
  return (tool, args, options) =>
    client.callTool({ name: tool, arguments: { ...args } }, undefined, toRequestOptions(options));
}

function toRequestOptions({ signal, timeoutMs, onProgress }: CallOptions): RequestOptions {
  return {
    signal,
    timeout: timeoutMs,
    ...(onProgress && {
      onprogress: ({ progress, total, message }) => {
        onProgress({ fraction: total ? progress / total : null, message: message ?? null });
      },
    }),
  };
}

// A connection, as this library needs it: one function that calls a tool. Invariant: nothing here knows an MCP SDK;
// adapters for the SDKs' clients are typed by shape, so neither SDK is a dependency.
import type { Json, JsonObject } from '../contract/json.ts';
import { toNativeTasks, type NativeClient, type NativeTasks } from './native/connection.ts';
import { toRequestOptions, type CallOptions, type RequestOptions } from './request-options.ts';

/**
 * Calls a tool over whatever connection there is. Resolves to an MCP tool result, or to the answer itself (an object, or
 * its JSON as text); rejects when no answer came. Any function will do.
 */
export interface CallTool {
  (tool: string, args: JsonObject, options: CallOptions): Promise<unknown>;
  /** How the same connection speaks native tasks; absent or `null` where it does not. */
  readonly native?: NativeTasks | null;
}

interface ToolCall {
  readonly name: string;
  readonly arguments: Record<string, Json>;
}

/** The slice of `Client` of `@modelcontextprotocol/client` (version 2) that is used. */
export interface McpClient extends NativeClient {
  callTool(call: ToolCall, options: RequestOptions): Promise<unknown>;
}

/** The slice of `Client` of `@modelcontextprotocol/sdk` (version 1) that is used. */
export interface LegacyMcpClient extends NativeClient {
  callTool(call: ToolCall, resultSchema: undefined, options: RequestOptions): Promise<unknown>;
}

/** Calls tools over a connected `Client` of `@modelcontextprotocol/client`, as native tasks where its server has them. */
export function fromClient(client: McpClient): CallTool {
  const callTool: CallTool = (tool, args, options) =>
    client.callTool({ name: tool, arguments: { ...args } }, toRequestOptions(options));
  return Object.assign(callTool, { native: toNativeTasks(client) });
}

/** Calls tools over a connected `Client` of `@modelcontextprotocol/sdk`, as native tasks where its server has them. */
export function fromLegacyClient(client: LegacyMcpClient): CallTool {
  const callTool: CallTool = (tool, args, options) =>
    client.callTool({ name: tool, arguments: { ...args } }, undefined, toRequestOptions(options));
  return Object.assign(callTool, { native: toNativeTasks(client) });
}

// What the client of a modern request declares with that very request.
import { CLIENT_CAPABILITIES_META_KEY, type ServerContext } from '@modelcontextprotocol/server';
import { isJsonObject, type JsonObject } from '../contract/json.ts';

/** The capabilities in the envelope of a request; none where it has no envelope. */
export function readCapabilities({ mcpReq }: ServerContext): JsonObject {
  // The SDK types the envelope without the fields of 2026-07-28.
  const envelope = mcpReq.envelope as Readonly<Record<string, unknown>> | undefined;
  const capabilities = envelope?.[CLIENT_CAPABILITIES_META_KEY];
  return isJsonObject(capabilities) ? capabilities : {};
}

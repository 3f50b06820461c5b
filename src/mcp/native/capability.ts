// The tasks extension (SEP-2663) as a capability: its name, and whether a request declares it. Invariant: it is decided
// per request, from the request's own envelope, never from what a client said before.
import {
  MissingRequiredClientCapabilityError,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { TASKS_EXTENSION } from '../../contract/extras.ts';
import { isJsonObject } from '../../contract/json.ts';
import { readCapabilities } from '../capabilities.ts';

/** What a modern server says of tasks: the extension, which has no settings. */
export const EXTENSION_CAPABILITIES = { extensions: { [TASKS_EXTENSION]: {} } };

/** What a 2025-11-25 server says of tasks. Clients read `requests` as a complete list. */
export const LEGACY_CAPABILITIES = {
  tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } },
};

/** Whether the client takes tasks as answers to this request. */
export function isExtensionDeclared(context: ServerContext): boolean {
  const { extensions } = readCapabilities(context);
  return isJsonObject(extensions) && isJsonObject(extensions[TASKS_EXTENSION]);
}

/** @throws {ProtocolError} -32021, which says what to declare, for a request that does not declare the extension */
export function requireExtension(context: ServerContext): void {
  if (isExtensionDeclared(context)) return;
  throw new MissingRequiredClientCapabilityError({
    requiredCapabilities: EXTENSION_CAPABILITIES,
  });
}

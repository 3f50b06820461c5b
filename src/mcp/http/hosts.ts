// Who may call by name: protection against DNS rebinding, where a web page reaches a server on the reader's machine. The
// SDK's handler checks neither Host nor Origin.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostHeaderValidation, originValidation } from '@modelcontextprotocol/node';
import { localhostAllowedHostnames, localhostAllowedOrigins } from '@modelcontextprotocol/server';

/** Whether a bind address is reachable from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * Creates the guard: `false` when it has answered 403 itself.
 *
 * Origins are always checked. The Host header is checked on a loopback bind and where `allowedHosts` says what to
 * expect; elsewhere any name may lead to this machine.
 */
export function createHostGuard(
  host: string,
  allowedHosts: readonly string[],
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const origin = originValidation([...localhostAllowedOrigins(), ...allowedHosts]);
  if (!isLoopback(host) && allowedHosts.length === 0) return origin;
  const hostname = hostHeaderValidation([...localhostAllowedHostnames(), ...allowedHosts]);
  // Programs send no Origin and the same Host each time: parsing it anew would be a hundredth of a read.
  let passed: string | undefined;
  return (request, response) => {
    const { host: name, origin: page } = request.headers;
    if (name !== undefined && name === passed && page === undefined) return true;
    const isAllowed = hostname(request, response) && origin(request, response);
    if (isAllowed) passed = name;
    return isAllowed;
  };
}

// Where callbacks may go, and what signs them: the `callbacks` group of the configuration, and what the operations say. Gateways
// ask at the start of a task, workers again before each attempt.
import { OperationError } from '../contract/errors.ts';
import { isCallbackUrl, type OperationCallback } from '../operations/callbacks.ts';
import type { CallbackSettings } from './options.ts';

export interface CallbackRules {
  /** Whether any caller may name a callback. */
  readonly takesUrls: boolean;
  /** @throws {OperationError} INVALID_PARAMETERS, with what would allow it */
  readonly admit: (url: string) => void;
  /** What signs a callback; `null` where it may not be sent (any more). */
  readonly secretsOf: (operation: string, url: string) => readonly string[] | null;
  /** Whether a host may have a private address. */
  readonly mayBePrivate: (hostname: string) => boolean;
}

/** No caller may name a callback. */
export const NO_CALLBACKS: CallbackSettings = { allow: [], allowPrivate: [], secrets: [] };

/** Decides by the configuration; `callbacksOf` finds what an operation has. */
export function createCallbackRules(
  { allow, allowPrivate, secrets }: CallbackSettings,
  callbacksOf: (operation: string) => readonly OperationCallback[],
): CallbackRules {
  const privateHosts = new Set(allowPrivate.map(toBareHost));
  const mayBePrivate = (hostname: string) => privateHosts.has(toBareHost(hostname));
  const isSafe = (url: URL) => url.protocol === 'https:' || mayBePrivate(url.hostname);
  const isAllowed = (url: URL) => isSafe(url) && allow.some((entry) => matches(entry, url));
  return {
    takesUrls: allow.length > 0,
    mayBePrivate,
    admit: (text) => {
      if (!isCallbackUrl(text)) {
        throw refuse('expected an https address without user name and fragment');
      }
      const url = new URL(text);
      if (isAllowed(url)) return;
      throw refuse(
        allow.length === 0
          ? 'this gateway takes no callback_url; its operator can allow some with callbacks.allow, or register callbacks with an operation'
          : `${url.origin} is not among the addresses that callbacks.allow has` +
              (isSafe(url) ? '' : ', and plain http needs callbacks.allowPrivate'),
      );
    },
    secretsOf: (operation, text) => {
      const own = callbacksOf(operation).find(({ url }) => url === text);
      const url = new URL(text);
      if (own ? !isSafe(url) : !isAllowed(url)) return null;
      return own?.secrets ?? secrets;
    },
  };
}

/** Whether an entry of an allow-list has an address. A host stands for https on its usual port. */
function matches(entry: string, { origin, hostname, port, protocol }: URL): boolean {
  if (entry.includes('://')) return new URL(entry).origin === origin;
  if (protocol !== 'https:' || port !== '') return false;
  const host = entry.toLowerCase();
  return host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host;
}

/** An address of IPv6 stands in brackets in a URL, and without them in a lookup. */
function toBareHost(host: string): string {
  return host.toLowerCase().replace(/^\[|\]$/g, '');
}

function refuse(message: string): OperationError {
  return new OperationError('INVALID_PARAMETERS', `callback_url: ${message}`, {
    details: { issues: [{ path: '/callback_url', message }] },
  });
}

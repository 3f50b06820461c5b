// The idempotency key that an upstream sees. Callers choose their own keys, and an upstream may answer an equal key of any caller
// with what it has stored; so what is sent cannot be guessed, and differs between installations and principals. Invariant: it is
// made once, at the start, and travels in the task's input: every attempt sends the same, also after a reset or an upgrade.
import { createHmac, type KeyObject } from 'node:crypto';

/**
 * The key of a request, as 43 characters of Base64url. The same request under the same key has the same again when its task is
 * long forgotten here, so that an upstream that remembers it does not run it twice.
 *
 * @param fingerprint of operation and parameters: another request under the same key is never taken for this one
 */
export function toUpstreamKey(
  installationKey: KeyObject,
  workflowId: string,
  fingerprint: string,
): string {
  const request = JSON.stringify(['longhaul request', workflowId, fingerprint]);
  return createHmac('sha256', installationKey).update(request).digest('base64url');
}

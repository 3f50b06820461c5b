// Who may use the Temporal UI, whose pages see and end the tasks of all callers. Invariants: no web page but the UI's own has a
// request answered, and where callers authenticate, so does the browser, with a token that has the scope for it.
import type { IncomingMessage } from 'node:http';
import { OPERATE, type Gate } from '../auth/index.ts';
import { createHostGuard, type Refusal } from '../http/guards.ts';
import type { UiGuard } from '../local/index.ts';

/** What a browser asks its user for: the token is the password, by any name. */
const CHALLENGE = { 'www-authenticate': 'Basic realm="Temporal UI of Longhaul", charset="UTF-8"' };

/**
 * Creates the guard; with a gate of `null` every program of this machine may.
 *
 * @param allowedHosts host names that may lead here beside the loopback ones
 */
export function createUiGuard(gate: Gate | null, allowedHosts: readonly string[]): UiGuard {
  const hostGuard = createHostGuard('127.0.0.1', allowedHosts);
  return async (request) => {
    const { host = '', origin } = request.headers;
    // Beyond what the gateway asks: this is for its own pages, and for those of no other port or name.
    if (origin !== undefined && origin.replace(/^https?:\/\//, '') !== host) {
      return { status: 403, message: 'only pages of the Temporal UI itself may ask here' };
    }
    return hostGuard(request) ?? (gate && (await admit(gate, request)));
  };
}

async function admit(gate: Gate, { headersDistinct }: IncomingMessage): Promise<Refusal | null> {
  const given = (headersDistinct['authorization'] ?? []).map(toBearer);
  const admission = await gate.admit(given);
  const refusal =
    admission.kind === 'refused' ? admission.refusal : gate.forbid(admission.identity, [OPERATE]);
  if (!refusal) return null;
  const message = `${refusal.message}; the password is a token that has the scope ${OPERATE}`;
  // Asked again, a browser lets its user give another token.
  return refusal.status === 503
    ? { status: 503, message }
    : { status: 401, message, headers: CHALLENGE };
}

function toBearer(header: string): string {
  const [, encoded] = /^basic +([\w+/]+=*)$/i.exec(header) ?? [];
  if (encoded === undefined) return header;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  return `Bearer ${pair.slice(pair.indexOf(':') + 1)}`;
}

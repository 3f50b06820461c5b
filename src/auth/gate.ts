// The gate: from the Authorization headers of a request to an identity, or to the answer that the specification demands.
// Invariant: no caller passes without a token that was verified for this very request, and no answer repeats a token.
import type { Refusal } from '../http/guards.ts';
import { parseBearer } from './bearer.ts';
import { toChallengeHeader, type Challenge } from './challenge.ts';
import type { Identity, Verify } from './identity.ts';
import type { ResourceMetadata } from './metadata.ts';
import { ANSWER, holds, READ, WRITE } from './scopes.ts';

/** An answer that ends a request at the gate. */
export interface GateRefusal extends Required<Refusal> {
  readonly status: 401 | 403 | 503;
}

type Admission =
  | { readonly kind: 'admitted'; readonly identity: Identity }
  | { readonly kind: 'refused'; readonly refusal: GateRefusal };

export interface Gate {
  /** Public; `null` without an authorization server. */
  readonly metadata: ResourceMetadata | null;
  /** Scopes that starting an operation needs beside `tasks:write`, by its name. */
  readonly operationScopes: Readonly<Record<string, readonly string[]>>;
  /** Scopes that answering a task of an operation needs beside `tasks:answer`, by its name; those of `operationScopes` otherwise. */
  readonly answerScopes: Readonly<Record<string, readonly string[]>>;
  /** Takes every Authorization header of a request. */
  admit(authorization: readonly string[]): Promise<Admission>;
  /** The refusal of a caller who needs more scopes; `null` when it has them all. */
  forbid(identity: Identity, needed: readonly string[]): GateRefusal | null;
  /** The refusal while it is not known what the call of a caller needs. */
  postpone(): GateRefusal;
}

export interface GateOptions extends Pick<Gate, 'metadata' | 'operationScopes' | 'answerScopes'> {
  readonly verify: Verify;
  /** Hears why tokens cannot be checked; never a token. */
  readonly report: (problem: string) => void;
}

const RETRY_AFTER_SECONDS = 5;

function unavailable(what: string): GateRefusal {
  const headers = { 'retry-after': String(RETRY_AFTER_SECONDS) };
  const message = `${what} at the moment; repeat the request with the same token`;
  return { status: 503, headers, message };
}

export function createGate(options: GateOptions): Gate {
  const { metadata, operationScopes, answerScopes, verify, report } = options;
  const metadataUrl = metadata?.url ?? null;
  const named = [operationScopes, answerScopes].flatMap((table) => Object.values(table).flat());
  const offered = new Set([READ, WRITE, ANSWER, ...named]);
  const challenge = (status: 401 | 403, said: Omit<Challenge, 'metadataUrl'>, message: string) => ({
    status,
    headers: { 'www-authenticate': toChallengeHeader({ ...said, metadataUrl }) },
    message,
  });
  const unauthorized = (reason: string | null): Admission => {
    const scopes = [READ, WRITE];
    const refusal =
      reason === null
        ? challenge(401, { scopes }, 'a bearer token is needed')
        : challenge(401, { error: { code: 'invalid_token', reason }, scopes }, reason);
    return { kind: 'refused', refusal };
  };

  return {
    metadata,
    operationScopes,
    answerScopes,
    admit: async (authorization) => {
      const header = parseBearer(authorization);
      if (header.kind === 'absent') return unauthorized(null);
      if (header.kind === 'malformed') return unauthorized(header.reason);
      const verification = await verify(header.token);
      switch (verification.kind) {
        case 'accepted':
          return { kind: 'admitted', identity: verification.identity };
        case 'refused':
          return unauthorized(verification.reason);
        case 'unavailable': {
          report(verification.reason);
          return { kind: 'refused', refusal: unavailable('the token cannot be checked') };
        }
      }
    },
    forbid: ({ scopes: held }, needed) => {
      const missing = needed.filter((scope) => !holds(held, scope));
      if (missing.length === 0) return null;
      // What the token has stays in the list: a client that asks for exactly these must not lose what it had.
      const scopes = [...offered].filter((scope) => held.has(scope) || missing.includes(scope));
      const reason = `the token lacks a scope that this call needs: ${needed.join(' ')}`;
      return challenge(403, { error: { code: 'insufficient_scope', reason }, scopes }, reason);
    },
    postpone: () => unavailable('what this call needs cannot be checked'),
  };
}

// One line of a token file: a name, the hash of the token, its scopes. Tokens are 256 random bits, so a plain SHA-256 of one
// cannot be turned back; a slow password hash would protect nothing more. Invariant: a line never has the token itself.
import { hash, randomBytes } from 'node:crypto';
import { isTokenName } from './principal.ts';
import { SCOPE } from './scopes.ts';

export interface StoredToken {
  /** Also the principal. */
  readonly name: string;
  readonly hash: Buffer;
  readonly scopes: ReadonlySet<string>;
}

const LINE = /^(\S+)\s+sha256:([0-9a-f]{64})\s+(\S+)$/;

/** A new token; the prefix lets scanners of leaked secrets find it. */
export function createToken(): string {
  return `longhaul_${randomBytes(32).toString('base64url')}`;
}

/** What a file keeps of a token. */
export function hashToken(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

/** Reads a line; `null` when it is none of ours. */
export function parseTokenLine(line: string): StoredToken | null {
  const [, name = '', hash = '', list = ''] = LINE.exec(line.trim()) ?? [];
  const scopes = list.split(',');
  if (!isTokenName(name) || !scopes.every((scope) => SCOPE.test(scope))) return null;
  return { name, hash: Buffer.from(hash, 'hex'), scopes: new Set(scopes) };
}

/**
 * A name among these that is not this one, and differs from it in case alone: databases behind Temporal that compare text without
 * regard to case would find the tasks of both.
 */
export function findNameOfOtherCase(name: string, tokens: readonly StoredToken[]): string | null {
  const same = ({ name: other }: StoredToken) =>
    other !== name && other.toLowerCase() === name.toLowerCase();
  return tokens.find(same)?.name ?? null;
}

export function toTokenLine({ name, hash, scopes }: StoredToken): string {
  return `${name} sha256:${hash.toString('hex')} ${[...scopes].join(',')}`;
}

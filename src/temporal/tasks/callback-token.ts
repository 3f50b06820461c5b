// The token at the end of the address that an upstream calls back: which task is meant, sealed. Invariant: only a gateway of
// this installation can make or read one, and no two starts have the same.
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { decrypt, encrypt } from '../../encryption/index.ts';

/** The task whose job is called back about. */
export interface CalledBack {
  readonly workflowId: string;
  readonly operation: string;
}

const BOUND = 'longhaul callback token';

export function sealToken(
  installationKey: KeyObject,
  { workflowId, operation }: CalledBack,
): string {
  const named = Buffer.from(JSON.stringify([workflowId, operation]));
  return encrypt(toTokenKey(installationKey), named, BOUND).toString('base64url');
}

/** Reads a token; `null` where it is none of this installation. */
export function openToken(installationKey: KeyObject, token: string): CalledBack | null {
  const sealed = Buffer.from(token, 'base64url');
  try {
    const named = decrypt(toTokenKey(installationKey), sealed, BOUND).toString();
    const [workflowId, operation] = JSON.parse(named) as [string, string];
    return { workflowId, operation };
  } catch {
    return null;
  }
}

function toTokenKey(installationKey: KeyObject): KeyObject {
  return createSecretKey(createHmac('sha256', installationKey).update(BOUND).digest());
}

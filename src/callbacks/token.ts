// The token at the end of the address that an upstream calls back: which task is meant, sealed. Invariant: only a gateway of
// this installation can make or read one, and no two starts have the same.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

/** The task whose job is called back about. */
export interface CalledBack {
  readonly workflowId: string;
  readonly operation: string;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Makes the token of a start. */
export function sealToken(
  installationKey: KeyObject,
  { workflowId, operation }: CalledBack,
): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, toTokenKey(installationKey), nonce);
  const sealed = cipher.update(JSON.stringify([workflowId, operation]));
  return Buffer.concat([nonce, sealed, cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** Reads a token; `null` where it is none of this installation. */
export function openToken(installationKey: KeyObject, token: string): CalledBack | null {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length <= NONCE_BYTES + TAG_BYTES) return null;
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, toTokenKey(installationKey), nonce);
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const opened = [decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()];
    const [workflowId, operation] = JSON.parse(Buffer.concat(opened).toString()) as [
      string,
      string,
    ];
    return { workflowId, operation };
  } catch {
    return null;
  }
}

function toTokenKey(installationKey: KeyObject): Buffer {
  return createHmac('sha256', installationKey).update('longhaul callback token').digest();
}

// Names: from a principal and an idempotency key to a workflow id, and back from a task_ref. Workflow ids stay under
// 255 bytes, the limit of Temporal's SQL schemas.
import { createHmac, hash, randomBytes, type KeyObject } from 'node:crypto';
import { OperationError } from '../../contract/errors.ts';
import { ID_PART } from '../../contract/task-ref.ts';
import { cut, ILL_FORMED } from '../../contract/text.ts';

const VERBATIM = new RegExp(`^(?!h_)${ID_PART}$`);

/**
 * One part of a workflow id: as it is where that is safe and short, hashed otherwise.
 *
 * @throws {OperationError} INVALID_PARAMETERS, for half a surrogate pair: hashed as UTF-8, it would be any other
 */
export function toIdPart(text: string): string {
  if (!text.isWellFormed()) {
    throw new OperationError(
      'INVALID_PARAMETERS',
      `${JSON.stringify(cut(text, 80))} ${ILL_FORMED}`,
    );
  }
  return VERBATIM.test(text) ? text : `h_${hash('sha256', text, 'base64url')}`;
}

/** A hash as workflow ids have it in the place of a principal. */
const HASH = /^h_[A-Za-z0-9_-]{43}$/;

/** A principal that is given as Temporal shows it. That of a caller is the name of a token, or begins with the URL of its issuer. */
const SHOWN = /^=(h_[A-Za-z0-9_-]{43})$/;

/** The principal that an operator names: its own name, or the hash that workflow ids have in the place of a long one. */
export function parseShownPrincipal(text: string): string {
  return HASH.test(text) ? `=${text}` : text;
}

/** The part of a workflow id that a principal becomes. */
export function toPrincipalId(principal: string): string {
  return SHOWN.exec(principal)?.[1] ?? toIdPart(principal);
}

export function isShownPrincipal(principal: string): boolean {
  return SHOWN.test(principal);
}

/**
 * The part of a workflow id that an idempotency key becomes: as it is where that is safe and short, and hashed with the key
 * for names where there is one: without that key, not even guessing shows what the caller wrote.
 */
export function toKeyPart(principal: string, key: string, nameKey: KeyObject | null): string {
  if (!nameKey) return toIdPart(key);
  const named = JSON.stringify(['longhaul task', principal, key]);
  return `h_${createHmac('sha256', nameKey).update(named).digest('base64url')}`;
}

export function toWorkflowId(principal: string, keyPart: string): string {
  return `${toPrincipalId(principal)}:${keyPart}`;
}

/** The principal in a workflow id, as `toPrincipalId` made it. */
export function toPrincipalPart(workflowId: string): string {
  return workflowId.slice(0, workflowId.indexOf(':'));
}

/** An idempotency key for a caller who sent none: 12 characters that no command line takes for a flag. */
export function createKey(): string {
  const key = randomBytes(9).toString('base64url');
  return /^(?!h_)[A-Za-z0-9]/.test(key) ? key : createKey();
}

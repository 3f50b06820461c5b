// Refusals within an answer that counts as success: errors of GraphQL, user errors, a code that is not 0.
import { OperationError } from '../../../contract/errors.ts';
import { toJsonText, type Json } from '../../../contract/json.ts';
import { resolvePointer } from '../../../contract/json/pointer.ts';
import { cut } from '../../../contract/text.ts';
import type { Redactor } from '../template/redact.ts';
import { toExcerpt } from './answer.ts';
import { findMet, isPresent, type Condition } from './condition.ts';
import type { Exchanged } from './exchange.ts';

export interface Refusals {
  readonly failed: readonly Condition[];
  readonly error?: string | undefined;
}

/** Throws `UPSTREAM_REJECTED` with the upstream's words where the answer is a refusal. */
export function checkRefused(
  answer: Exchanged,
  { failed, error }: Refusals,
  redactor: Redactor,
): void {
  if (failed.length === 0 || findMet(failed, answer) === undefined) return;
  const { said, excerpt } = toSaid(answer, error, redactor);
  throw new OperationError(
    'UPSTREAM_REJECTED',
    `${answer.where}, and refused: ${cut(excerpt, 300)}`,
    {
      details: { status: answer.status, error: said },
    },
  );
}

/** What an answer says of a failure, whole and cut; all of it where the pointer names nothing that says something. */
export function toSaid(
  answer: Exchanged,
  pointer: string | undefined,
  redactor: Redactor,
): { readonly said: Json; readonly excerpt: string } {
  const body = answer.read();
  const part = resolvePointer(body, pointer ?? '');
  const said = redactor.json(isPresent(part) && part !== undefined ? part : body);
  const excerpt = toExcerpt(redactor.failing(toJsonText(said)));
  return { said: JSON.stringify(said).length > 1024 ? excerpt : said, excerpt };
}

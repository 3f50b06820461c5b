// Whether what a declaration says of callbacks fits together, checked when the job is defined.
import type { Verify } from './callback-declaration.ts';
import { checkConditions } from './check-conditions.ts';
import type { ParsedHttpJobDeclaration } from './job-declaration.ts';

/** The condition that every callback meets. */
export const EVERY = [{ $statusCode: [200] }];

/** How a callback proves itself. */
export function toVerify({ callback, poll }: ParsedHttpJobDeclaration): Verify {
  return callback?.verify ?? { type: poll ? 'look' : 'address' };
}

/** Checks what a declaration says of callbacks. Throws a `TypeError` that says what is wrong. */
export function checkCallback(declared: ParsedHttpJobDeclaration): void {
  const { callback, poll, submit } = declared;
  if (callback === undefined) {
    if (poll === undefined) throw new TypeError('expected poll, callback or both');
    return;
  }
  if (!JSON.stringify([submit, submit.steps]).includes('{callback_url}')) {
    throw new TypeError('no request of submit sends {callback_url}, so nothing can be called back');
  }
  const { status, done, failed, result, error } = callback;
  if (toVerify(declared).type !== 'look') {
    checkConditions({ status, done: done.length === 0 ? EVERY : done, failed });
    return;
  }
  if (poll === undefined) throw new TypeError('verify: look needs poll');
  const says = status ?? error ?? [...done, ...failed][0] ?? (result === '' ? undefined : result);
  if (says === undefined) return;
  throw new TypeError('with verify: look, poll says how the job stands; leave it out here');
}

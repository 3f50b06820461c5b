// What must hold for the tasks of a fleet that is upgraded: an upgrade kills nothing, so nothing may be lost to it.
import { of } from '../load/claims.ts';
import type { Run } from '../load/scenario.ts';
import { claim, type Claim } from '../claim.ts';

/** Refusals while the one gateway is replaced: each says to repeat the call. */
const PASSING = /BACKEND_UNAVAILABLE|SUBMISSION_UNCONFIRMED/;

/** The claims. */
export function toClaims(runs: readonly Run[]): readonly Claim[] {
  return [
    claim('every task is completed', runs, ({ status }) => status === 'completed'),
    claim('reads reached the upstream', of(runs, 'read'), ({ arrivals }) => arrivals >= 1),
    claim(
      'charges and renders reached the upstream once',
      [...of(runs, 'charge'), ...of(runs, 'render')],
      ({ arrivals }) => arrivals === 1,
    ),
    claim('calls were refused only with the advice to repeat them', runs, ({ errors }) =>
      errors.every((error) => PASSING.test(error)),
    ),
    claim('every hint follows the formula', runs, ({ wrongHints }) => wrongHints.length === 0),
  ];
}

// What must hold after a kill in the middle of load, each claim with what stands against it.
import { claim, type Claim } from '../claim.ts';
import type { LoadReport, Run } from './scenario.ts';

/** Longest time from the kill to the end of the last task, in milliseconds. */
const ACCOUNTED_MS = 25_000;

/** The claims that no slowness of the machine can break. */
export function toClaims({ runs, killedAt }: LoadReport): readonly Claim[] {
  const killed = runs.filter(({ endedAt }) => endedAt > killedAt);
  return [
    claim('no call was answered with an error', runs, ({ errors }) => errors.length === 0),
    claim('every hint follows the formula', runs, ({ wrongHints }) => wrongHints.length === 0),
    claim('reads are completed', of(runs, 'read'), ({ status }) => status === 'completed'),
    claim(
      'charges reached the upstream once, and those that were cut off say OUTCOME_UNKNOWN',
      of(runs, 'charge'),
      ({ arrivals, code, status }) =>
        arrivals === 1 && (status === 'completed' || code === 'OUTCOME_UNKNOWN'),
    ),
    claim(
      'renders were submitted once and are completed',
      of(runs, 'render'),
      ({ arrivals, status }) => arrivals === 1 && status === 'completed',
    ),
    {
      claim: 'the kill hit reads, charges and renders that were running',
      against: ['read', 'charge', 'render'].filter(
        (kind) => !killed.some((run) => run.kind === kind),
      ),
    },
  ];
}

/** The claim about time. */
export function toTimeClaim({ runs, killedAt }: LoadReport): Claim {
  return claim(
    `every task has ended ${ACCOUNTED_MS / 1000} s after the kill`,
    runs,
    ({ endedAt }) => endedAt - killedAt <= ACCOUNTED_MS,
  );
}

/** The runs of a kind. */
export function of(runs: readonly Run[], kind: Run['kind']): readonly Run[] {
  return runs.filter((run) => run.kind === kind);
}

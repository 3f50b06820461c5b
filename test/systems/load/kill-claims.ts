// What must hold after a kill in the middle of load, beside what holds for every task.
import { claim, of, toTaskClaims, type Claim } from '../claims.ts';
import { KINDS_IN_BOTH_LANES } from '../upstream.ts';
import type { LoadReport } from './scenario.ts';

/** Longest time from the kill to the end of the last task, in milliseconds. */
const ACCOUNTED_MS = 25_000;

/** The claims that no slowness of the machine can break. */
export function toKillClaims({ runs, killedAt }: LoadReport): readonly Claim[] {
  const killed = runs.filter(({ updatedAt }) => updatedAt! > killedAt);
  return [
    ...toTaskClaims(runs),
    claim('no call was refused', runs, ({ troubles }) =>
      troubles.every(({ what }) => what === 'lost'),
    ),
    claim(
      'reads and renders are completed',
      of(runs, 'read', 'quick_read', 'render'),
      ({ status }) => status === 'completed',
    ),
    claim(
      'charges reached the upstream, and those that were cut off say OUTCOME_UNKNOWN',
      of(runs, 'charge', 'quick_charge'),
      ({ arrivals, code, status }) =>
        arrivals === 1 && (status === 'completed' || code === 'OUTCOME_UNKNOWN'),
    ),
    {
      claim: 'the kill hit reads, charges and renders that were running, in both lanes',
      against: KINDS_IN_BOTH_LANES.filter((kind) => of(killed, kind).length === 0),
    },
  ];
}

/** The claim about time. */
export function toTimeClaim({ runs, killedAt }: LoadReport): Claim {
  return claim(
    `every task has ended ${ACCOUNTED_MS / 1000} s after the kill`,
    runs,
    ({ updatedAt }) => updatedAt! - killedAt <= ACCOUNTED_MS,
  );
}

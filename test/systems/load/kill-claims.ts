// What must hold after a kill in the middle of load, beside what holds for every task.
import { claim, of, toTaskClaims, type Claim } from '../claims.ts';
import { KINDS } from '../kinds.ts';
import type { LoadReport } from './scenario.ts';

/** What a task may take beside its missed heartbeat and its run, in milliseconds. */
const SLACK_MS = 10_000;

/** The claims that no slowness of the machine can break. */
export function toKillClaims({ runs, killedAt }: LoadReport): readonly Claim[] {
  const killed = runs.filter(({ updatedAt }) => updatedAt! > killedAt);
  return [
    ...toTaskClaims(runs),
    claim(
      'reads and renders are completed',
      of(runs, 'read', 'render'),
      ({ status }) => status === 'completed',
    ),
    claim(
      'charges reached the upstream and are completed, or say OUTCOME_UNKNOWN',
      of(runs, 'charge'),
      ({ arrivals, code, status }) =>
        code === 'OUTCOME_UNKNOWN' || (arrivals === 1 && status === 'completed'),
    ),
    {
      claim: 'the kill hit reads, charges and renders that were running, in both lanes',
      against: KINDS.filter((one) => killed.every(({ kind }) => kind !== one)),
    },
  ];
}

/** The claim about time. */
export function toTimeClaim({ load, runs, killedAt, restartMs }: LoadReport): Claim {
  const limitMs = (load.heartbeatSeconds + load.seconds[1]) * 1000 + SLACK_MS;
  return claim(
    `every task has ended ${limitMs / 1000} s after everything was ready again`,
    runs,
    ({ updatedAt }) => updatedAt! - killedAt - restartMs <= limitMs,
  );
}

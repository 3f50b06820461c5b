// What must hold for a cluster of which one part after the other failed, beside what holds for every task. Claims about time
// count a task as late, not as lost, where no processor was free while it was open.
import { BACKSTOP_MS } from '../../../src/contract/workflow/run-timeout.ts';
import { claim, toTaskClaims, type Claim } from '../claims.ts';
import { explain } from './explain.ts';
import { BUSY_BELOW } from './machine.ts';
import type { ClusterReport, ClusterRun } from './scenario.ts';

/**
 * How long after its total time a task may end, in milliseconds: the backstop behind the total; the time within which a start is
 * confirmed (`temporal.startDeadlineMs`), since the total begins before the start is sent; and what Temporal may be late.
 */
const OVERRUN_MS = BACKSTOP_MS + 5_000 + 5_000;

/** The claims that no slowness of the machine can break. */
export function toClusterClaims({
  runs,
  givenUp,
  suffered,
  endedByItself,
}: ClusterReport): readonly Claim[] {
  return [
    ...toTaskClaims(runs),
    { claim: 'every agent came to the end of its task', against: givenUp },
    { claim: 'no gateway and no worker ended by itself', against: endedByItself },
    {
      claim:
        'a gateway that was cut off said that it was not ready, and after every fault both were ready again by themselves',
      against: suffered.flatMap(({ amiss }) => amiss),
    },
    {
      claim: 'either gateway gave handles by every way, and either worker ran attempts',
      against: findUnused(runs),
    },
    claim(
      'no acknowledged task is lost: both gateways know every handle, and say the same',
      runs,
      ({ audits }) => audits.length === 2 && toEnd(audits[0]) === toEnd(audits[1]),
    ),
    claim('every task has ended, as its agent read it', runs, ({ audits, status, code }) =>
      audits.every(
        (audit) =>
          audit.done === true && audit.status === status && (audit.error?.code ?? null) === code,
      ),
    ),
    claim(
      'what failed says that time ran out, or that its outcome is unknown',
      runs,
      ({ code }) =>
        code === null || ['DEADLINE_EXCEEDED', 'QUEUE_TIMEOUT', 'OUTCOME_UNKNOWN'].includes(code),
    ),
    claim(
      `Temporal was told, at its start, to end every task ${BACKSTOP_MS / 1000} s after its total time at the latest`,
      runs,
      ({ audits, history }) =>
        audits.every(
          ({ created_at, deadline = '' }) =>
            history.timeoutMs <= Date.parse(deadline) - Date.parse(created_at) + BACKSTOP_MS,
        ),
    ),
  ];
}

/** The claims about time. */
export function toTimeClaims({ runs, suffered }: ClusterReport): readonly Claim[] {
  const failed = runs.filter(({ status }) => status !== 'completed');
  const explained = failed.map((run) => ({ run, explanation: explain(run, suffered) }));
  const ofTime = explained.filter(({ explanation }) => explanation?.by === 'machine');
  const late = runs.filter((run) => toOverrunMs(run) > OVERRUN_MS);
  return [
    {
      claim: `every task has ended ${OVERRUN_MS / 1000} s after its total time`,
      against: late.filter(({ idle }) => idle >= BUSY_BELOW).map(toLateness),
      late: late.filter(({ idle }) => idle < BUSY_BELOW).map(toLateness),
    },
    {
      claim: 'what was not completed must not run again, and was running when its worker was lost',
      against: explained
        .filter(({ explanation }) => explanation === null)
        .map(({ run }) => JSON.stringify(run)),
      late: ofTime.map(
        ({ run, explanation }) =>
          `${run.id}: ${run.code ?? run.status}, ${explanation?.text ?? ''}`,
      ),
    },
  ];
}

/** How long after its total time a task ended, in milliseconds; negative where it had time left. */
export function toOverrunMs({ audits }: ClusterRun): number {
  const overruns = audits.map(
    ({ updated_at = '', deadline = '' }) => Date.parse(updated_at) - Date.parse(deadline),
  );
  return Math.max(...overruns);
}

function toLateness(run: ClusterRun): string {
  const { startedAt, timeoutMs } = run.history;
  const lateMs = Date.parse(run.audits[0]?.updated_at ?? '') - startedAt - timeoutMs;
  return (
    `${run.id} ended ${toOverrunMs(run)} ms after its total time, ${lateMs} ms after Temporal was to end it; ` +
    `the processors were idle for ${Math.round(run.idle * 100)} % of its time`
  );
}

/** What of the cluster no task used. */
function findUnused(runs: readonly ClusterRun[]): readonly string[] {
  const used = new Set(
    runs.flatMap(({ way, startedBy, history }) => [
      `gateway-${startedBy + 1} by ${way}`,
      ...history.attempts.map(({ worker }) => worker),
    ]),
  );
  const ways = ['control', 'extension', '2025-11-25 tasks'];
  const gateways = ['gateway-1', 'gateway-2'];
  const wanted = [
    ...gateways.flatMap((gateway) => ways.map((way) => `${gateway} by ${way}`)),
    'worker-1',
    'worker-2',
  ];
  return wanted.filter((one) => !used.has(one));
}

function toEnd(audit: ClusterRun['audits'][number] | undefined): string {
  const { task_ref, status, attempt, updated_at, error } = audit ?? {};
  return JSON.stringify([task_ref, status, attempt, updated_at, error?.code]);
}

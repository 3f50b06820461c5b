// What must hold for a cluster of which one part after the other failed, each claim with what stands against it.
import { claim, type Claim } from '../support/claims.ts';
import type { ClusterReport, Run } from './scenario.ts';

/**
 * What a task may end later than its total, in milliseconds: the backstop behind it (5 s), and the longest time in which no server
 * could have ended it.
 */
const ROOM_MS = 15_000;

/** The claims that no slowness of the machine can break. */
export function toClaims({ runs, givenUp }: ClusterReport): readonly Claim[] {
  return [
    { claim: 'every agent came to the end of its task', against: givenUp },
    claim(
      'every call was answered, lost, or refused with the advice to repeat it',
      runs,
      ({ wrong }) => wrong.length === 0,
    ),
    claim(
      'no acknowledged task is lost: both gateways know every handle, and say the same',
      runs,
      ({ audits }) => audits.length === 2 && toEnd(audits[0]) === toEnd(audits[1]),
    ),
    claim('every task has ended, as its agent was told', runs, ({ audits, status, code }) =>
      audits.every(
        (audit) =>
          audit.done === true && audit.status === status && (audit.error?.code ?? null) === code,
      ),
    ),
    claim(
      'what must not run twice ran once, or not at all',
      of(runs, 'charge', 'render'),
      ({ arrivals }) => arrivals <= 1,
    ),
    claim(
      'what completed did run',
      runs,
      ({ status, arrivals }) => status !== 'completed' || arrivals >= 1,
    ),
    claim(
      'what says that nothing was run did not reach the upstream',
      runs,
      ({ code, arrivals }) => code !== 'QUEUE_TIMEOUT' || arrivals === 0,
    ),
    claim(
      'what failed says that time ran out or, where it must not run again, that its outcome is unknown',
      runs,
      ({ kind, code }) =>
        code === null ||
        code === 'DEADLINE_EXCEEDED' ||
        code === 'QUEUE_TIMEOUT' ||
        (code === 'OUTCOME_UNKNOWN' && kind !== 'read'),
    ),
  ];
}

/** The claims about time, for a machine that has nothing else to do. */
export function toTimeClaims({ runs }: ClusterReport): readonly Claim[] {
  return [
    claim(`every task has ended ${ROOM_MS / 1000} s after its total time`, runs, (run) =>
      toOverrunsMs(run).every((overrunMs) => overrunMs <= ROOM_MS),
    ),
    claim(
      'reads are completed, whatever happened to their worker',
      of(runs, 'read'),
      ({ status }) => status === 'completed',
    ),
    claim(
      'charges and renders are completed, but for those whose attempt was killed',
      of(runs, 'charge', 'render'),
      ({ status, code }) => status === 'completed' || code === 'OUTCOME_UNKNOWN',
    ),
  ];
}

/** How long after its total time a task ended, in milliseconds, by each gateway; negative where it had time left. */
export function toOverrunsMs({ audits }: Run): readonly number[] {
  return audits.map(
    ({ updated_at = '', deadline = '' }) => Date.parse(updated_at) - Date.parse(deadline),
  );
}

function toEnd(audit: Run['audits'][number] | undefined): string {
  const { task_ref, status, attempt, updated_at, error } = audit ?? {};
  return JSON.stringify([task_ref, status, attempt, updated_at, error?.code]);
}

function of(runs: readonly Run[], ...kinds: readonly Run['kind'][]): readonly Run[] {
  return runs.filter(({ kind }) => kinds.includes(kind));
}

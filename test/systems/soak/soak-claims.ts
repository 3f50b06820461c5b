// What must hold after a run, beside what holds for every task.
import { claim, of, toTaskClaims, type Claim } from '../claims.ts';
import { toDeed } from '../kinds.ts';
import { median } from '../percentiles.ts';
import type { Holding, Sample } from './samples.ts';
import type { SoakReport } from './soak.ts';

/** Fewer samples than this say nothing about growth. */
const ENOUGH_SAMPLES = 60;

/** How much more a survivor may hold in the last third of a run than in the second, as a factor. */
const FLAT = 1.25;

/** The claims about what else a task of the soak can be. */
function toMixClaims({ runs }: Pick<SoakReport, 'runs'>): readonly Claim[] {
  const left = runs.filter(({ meanwhile }) => meanwhile !== 'cancelled');
  return [
    claim('reads are completed', of(left, 'read'), ({ status }) => status === 'completed'),
    claim(
      'charges and renders are completed after they reached the upstream, or say that their outcome is unknown',
      of(left, 'charge', 'render'),
      ({ status, code }) => status === 'completed' || code === 'OUTCOME_UNKNOWN',
    ),
    claim(
      'confirmations are completed',
      of(left, 'confirm'),
      ({ status }) => status === 'completed',
    ),
    claim(
      'what is refused says so',
      of(left, 'refuse'),
      ({ code }) => code === 'UPSTREAM_REJECTED',
    ),
    claim('files are what was stored', of(left, 'store'), ({ id, file }) => file === id),
    claim(
      'tasks that were cancelled say so, unless they had ended or their outcome is unknown',
      runs.filter(({ meanwhile }) => meanwhile === 'cancelled'),
      ({ kind, status, code }) =>
        status === 'completed' ||
        code === 'CANCELLED' ||
        code === 'OUTCOME_UNKNOWN' ||
        (toDeed(kind) === 'refuse' && code === 'UPSTREAM_REJECTED'),
    ),
    claim(
      'a start that is repeated finds its task, and in the end its end',
      runs,
      ({ again, status }) =>
        again.every(({ deduplicated }) => deduplicated) && again.at(-1)?.status === status,
    ),
    claim(
      'the end of every charge is told, signed, as its agent read it, as one event',
      runs.filter(({ kind }) => kind === 'charge'),
      ({ told, status }) =>
        told.every((one) => one.status === status) &&
        new Set(told.map(({ event }) => event)).size === 1,
    ),
  ];
}

/** All of them. */
export function toSoakClaims(report: SoakReport): readonly Claim[] {
  return [...toTaskClaims(report.runs), ...toMixClaims(report), ...toHoldingClaims(report)];
}

/** The claims about what the survivors hold; none when the run was too short to tell. */
function toHoldingClaims({ samples }: SoakReport): readonly Claim[] {
  if (samples.length < ENOUGH_SAMPLES) return [];
  return (['gateway', 'worker'] as const).flatMap((part) => [
    flat(`the memory of the ${part} is flat`, samples, (sample) => sample[part].residentMiB),
    ...(['files', 'sockets'] as const).map((what) =>
      flat(`the ${what} that the ${part} has open are flat`, samples, (sample) =>
        toCount(sample[part], what),
      ),
    ),
  ]);
}

function toCount(holding: Holding, what: 'files' | 'sockets'): number {
  return holding[what] ?? 0;
}

function flat(
  sentence: string,
  samples: readonly Sample[],
  measure: (sample: Sample) => number,
): Claim {
  const third = Math.floor(samples.length / 3);
  const before = median(samples.slice(third, 2 * third).map(measure));
  const after = median(samples.slice(2 * third).map(measure));
  const isFlat = after <= before * FLAT;
  return {
    claim: `${sentence}: ${Math.round(before)}, then ${Math.round(after)}`,
    against: isFlat ? [] : [`more than ${FLAT} times as much`],
  };
}

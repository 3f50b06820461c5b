// What must hold after a run, each claim with what stands against it.
import { of } from '../load/claims.ts';
import { claim, type Claim } from '../support/claims.ts';
import { median } from '../support/percentiles.ts';
import type { Holding, Sample } from './samples.ts';
import type { SoakReport } from './soak.ts';

/** Refusals that a fault may bring: each says to repeat the call. */
const PASSING = ['BACKEND_UNAVAILABLE', 'SUBMISSION_UNCONFIRMED'];

/** Fewer samples than this say nothing about growth. */
const ENOUGH_SAMPLES = 60;

/** How much more a survivor may hold in the last third of a run than in the second, as a factor. */
const FLAT = 1.25;

/** The claims about tasks. */
export function toTaskClaims({ runs }: Pick<SoakReport, 'runs'>): readonly Claim[] {
  return [
    claim('every task that was acknowledged has ended', runs, ({ status }) =>
      ['completed', 'failed'].includes(status),
    ),
    claim('reads are completed', of(runs, 'read'), ({ status }) => status === 'completed'),
    claim(
      'no charge and no render reached the upstream twice',
      [...of(runs, 'charge'), ...of(runs, 'render')],
      ({ arrivals }) => arrivals <= 1,
    ),
    claim(
      'charges and renders are completed after they reached the upstream, or say that their outcome is unknown',
      [...of(runs, 'charge'), ...of(runs, 'render')],
      ({ status, code, arrivals }) =>
        status === 'completed' ? arrivals === 1 : code === 'OUTCOME_UNKNOWN',
    ),
    claim('calls were refused only with the advice to repeat them', runs, ({ errors }) =>
      errors.every((error) => PASSING.some((code) => error.includes(code))),
    ),
    claim('every hint follows the formula', runs, ({ wrongHints }) => wrongHints.length === 0),
  ];
}

/** The claims about what the survivors hold; none when the run was too short to tell. */
export function toHoldingClaims({ samples }: SoakReport): readonly Claim[] {
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

// What was to be reached in each lane: by the same task, by a cancel, and by the smallest worker.
import type { Figures } from './figures.ts';
import { atLeast, atMost, share, type Goal } from './goal.ts';

/** Goals of the scenarios that compare lanes, of those that ran. */
export function toLaneGoals({ lanes, cancels, memory }: Figures): Goal[] {
  return [
    ...(lanes ? toTaskGoals(lanes) : []),
    ...Object.entries(cancels ?? {}).map(([lane, { p99 }]) =>
      atMost(`cancel of a running attempt in the ${lane} lane, p99`, p99, 2_000, 'ms'),
    ),
    ...Object.entries(memory?.mostMiB ?? {}).map(([lane, mostMiB]) =>
      atMost(`most memory of the smallest worker, ${lane} lane`, mostMiB, 256, 'MiB'),
    ),
  ];
}

function toTaskGoals({ initiate, initiates, result, results }: Required<Figures>['lanes']): Goal[] {
  return [
    share('starts of 50 callers', initiates.workflow.perSecond, initiates.rawWorkflow.perSecond),
    atMost(
      'initiate to result, times the raw eager start to result',
      result.workflow.p50 / result.rawWorkflow.p50,
      1.3,
      '×',
    ),
    atMost(
      'initiate in the activity lane over a raw start, median',
      initiate.activity.p50 - initiate.rawActivity.p50,
      2,
      'ms',
    ),
    atMost(
      'initiate to result in the activity lane, times the raw activity',
      result.activity.p50 / result.rawActivity.p50,
      1.4,
      '×',
    ),
    ...(result.bullmq
      ? [
          atMost(
            'the same, times BullMQ behind the same tools',
            result.activity.p50 / result.bullmq.p50,
            1.6,
            '×',
          ),
        ]
      : []),
    share(
      'starts of 50 callers in the activity lane',
      initiates.activity.perSecond,
      initiates.rawActivity.perSecond,
      85,
    ),
    atLeast(
      'results a second of 50 callers in the activity lane, times the workflow lane',
      results.activity.perSecond / results.workflow.perSecond,
      1.6,
    ),
  ];
}

// What the project set out to reach, held against the figures of a run. A goal is reported, never enforced: a shared
// machine may miss it by accident.
import { round } from './sample.ts';
import type { Figures } from './figures.ts';

/** A goal and what was reached. */
export interface Goal {
  readonly name: string;
  readonly wanted: string;
  readonly reached: string;
  readonly met: boolean;
}

/** Every goal whose figures are there. */
export function toGoals({
  calls,
  callers,
  result,
  overshoot,
  openTasks,
  startUp,
}: Figures): Goal[] {
  return [
    ...(calls
      ? [
          atMost(
            'gateway adds to a start, median',
            calls.initiate.p50 - calls.rawStart.p50,
            3,
            'ms',
          ),
          atMost(
            'gateway adds to a read, median',
            calls.resolve.p50 - calls.rawDescribe.p50,
            3,
            'ms',
          ),
          atMost('initiate, p99', calls.initiate.p99, 200, 'ms'),
        ]
      : []),
    ...(callers
      ? [
          share('starts of 50 callers', callers.initiate.perSecond, callers.rawStart.perSecond),
          share('reads of 50 callers', callers.resolve.perSecond, callers.rawDescribe.perSecond),
        ]
      : []),
    ...(result
      ? [
          atMost(
            'initiate to result, times the raw eager start to result',
            result.initiateToResult.p50 / result.rawEagerToResult.p50,
            1.3,
            '×',
          ),
        ]
      : []),
    ...(overshoot
      ? [
          atMost('overshoot of a wait', overshoot.waiting.overshootMs, 100, 'ms'),
          atMost('calls of a wait', overshoot.waiting.calls, 1, ''),
        ]
      : []),
    ...(openTasks
      ? [
          atMost(
            `memory with ${openTasks.many.open} open tasks, times that with one`,
            openTasks.many.residentMiB / openTasks.few.residentMiB,
            1.1,
            '×',
          ),
        ]
      : []),
    ...(startUp ? [atMost('second start', startUp.secondMs, 5000, 'ms')] : []),
  ];
}

function atMost(name: string, value: number, limit: number, unit: string): Goal {
  const reached = Math.round(value * 100) / 100;
  return {
    name,
    wanted: `at most ${limit} ${unit}`.trim(),
    reached: `${reached} ${unit}`.trim(),
    met: reached <= limit,
  };
}

function share(name: string, gateway: number, raw: number): Goal {
  const percent = round((gateway * 100) / raw);
  return {
    name,
    wanted: 'at least 80 % of raw',
    reached: `${percent} %`,
    met: percent >= 80,
  };
}

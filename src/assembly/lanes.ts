// Whether the server has the lanes that the operations of a process are in.
import type { Registry } from '../operations/registry.ts';
import type { TemporalConnection } from '../temporal/connection/connection.ts';
import { UsageError } from './context.ts';

type Server = Pick<TemporalConnection, 'hasActivityLane'>;

/** @throws {UsageError} where an operation is in the activity lane and the server has none; one sentence */
export function checkLanes({ all }: Registry, { hasActivityLane }: Server): void {
  if (hasActivityLane) return;
  const [first, ...others] = all.flatMap(({ lane, operation }) =>
    lane === 'activity' ? operation.name : [],
  );
  if (first === undefined) return;
  const who = others.length === 0 ? first : `${first} and ${others.length} more`;
  throw new UsageError(
    `operation ${who}: lane: activity needs standalone activities, which this Temporal server does not have: it takes 1.32 or ` +
      'later with `activity.enableStandalone` and `activity.startDelayEnabled` on; or write `lane: auto`, or `lane: workflow`',
  );
}

export function describeLanes({ hasActivityLane }: Server): string {
  return hasActivityLane ? 'lanes workflow and activity' : 'lane workflow alone';
}

// Which operations can be in which lane of Temporal's.
import type { LaneOption } from './lane.ts';
import type { Operation } from './operation.ts';

/**
 * The lane of an operation, decided but for what the server can.
 *
 * @throws {TypeError} where it says `activity` and cannot be; the message says why
 */
export function resolveLane(operation: Operation, fallback: LaneOption): LaneOption {
  const { name, lane = fallback } = operation;
  if (lane === 'workflow') return 'workflow';
  const obstacle = findObstacle(operation);
  if (obstacle === null) return lane;
  if (operation.lane !== 'activity') return 'workflow';
  throw new TypeError(
    `operation ${name}: lane: ${obstacle}, which the activity lane cannot: leave \`lane\` out, or write \`lane: workflow\``,
  );
}

/** Why an operation cannot be in the activity lane; `null` where it can. */
function findObstacle({ steps, callbacks = [], needs = [] }: Operation): string | null {
  switch (steps.kind) {
    case 'job':
      return 'it starts a job and polls it';
    case 'workflow':
      return 'it follows a workflow';
    case 'activity':
      return 'its attempts are activities of another application';
    case 'batch':
      return 'it runs a task for each item';
    case 'call':
    case 'run':
      if (needs.includes('questions')) return 'it asks before its first attempt';
      if (needs.includes('delay')) return 'it waits before its first attempt';
      if (needs.includes('tasks')) return 'its server may make a task of a call';
      return callbacks.length > 0 ? 'it reports the end of its tasks (callbacks)' : null;
  }
}

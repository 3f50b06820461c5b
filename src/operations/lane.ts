// In which lane of Temporal's an operation runs, and which of them can be in which.
import * as z from 'zod';
import type { Lane } from '../contract/lane.ts';
import type { Operation } from './operation.ts';

/** `auto`: the activity lane, where operation and server can. */
export type LaneOption = Lane | 'auto';

export const laneOption = z.enum(['workflow', 'activity', 'auto']);

/** What an operation needs of a workflow: answers before the first attempt, a wait before it, tasks that another server makes of calls. */
export type Need = 'questions' | 'delay' | 'tasks';

/** What an operation may say of its lane. */
export const laneField = laneOption
  .optional()
  .describe(
    'What carries a task in Temporal: `workflow`, or `activity`, which is faster and cheaper, and can neither ask, nor wait ' +
      'before its first attempt, nor report its end; `auto` takes `activity` where the operation and the server can. ' +
      'Default: `execution.lane`.',
  );

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

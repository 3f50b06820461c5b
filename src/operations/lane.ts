// In which lane of Temporal's an operation runs: what it may say, and what it needs of one.
import * as z from 'zod';

/** `auto`: the activity lane, where operation and server can. */
export type LaneOption = 'workflow' | 'activity' | 'auto';

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

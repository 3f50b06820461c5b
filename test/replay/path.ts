// A path through the workflow of a task.
import type { InputResponses } from '../../src/contract/input.ts';
import type { Activities, TaskChange } from '../support/temporal/tasks-without-gateway.ts';

/** One way to an end. */
export interface Path {
  readonly change?: TaskChange;
  /** What the steps do; `null` where no worker takes attempts. */
  readonly activities: Activities | null;
  /** How long the task waits for its first worker, in milliseconds. */
  readonly waitMs?: number;
  /** The event after which it is cancelled. */
  readonly cancelAfter?: string;
  /** Answers, each given when something is asked that it answers. */
  readonly answers?: readonly InputResponses[];
  /** The history is that of the run in which the question came up; the task went on in another. */
  readonly untilAsked?: boolean;
}

// What the steps of a task's workflow share.
import type { TaskInput } from '../../src/contract/task-input.ts';
import type { Clock } from './clock.ts';
import type { Dialogue } from './input.ts';
import type { Story } from './status-lines.ts';

/** What attempts need of the task around them. */
export interface Task {
  readonly input: TaskInput;
  readonly clock: Clock;
  readonly story: Story;
  readonly dialogue: Dialogue;
}

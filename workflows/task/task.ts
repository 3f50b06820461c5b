// What the steps of a task's workflow share: attempts, a job, the delay before the first attempt.
import type { TaskInput } from '../../src/contract/workflow/task-input.ts';
import type { Clock } from './clock.ts';
import type { Questions } from './input.ts';
import type { StatusLines } from './status-lines.ts';

export interface Task {
  readonly input: TaskInput;
  readonly clock: Clock;
  readonly statusLines: StatusLines;
  readonly questions: Questions;
}

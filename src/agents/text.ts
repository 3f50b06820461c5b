// What a model reads of a task that failed.
import type { TaskFailure } from '../client/index.ts';

export function toErrorText(error: TaskFailure): string {
  return JSON.stringify({ error });
}

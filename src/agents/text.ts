// What a model reads of a task that it has waited for.
import type { TaskOutcome } from '../client/index.ts';

/** The result alone, or the error alone, as JSON. */
export function toModelText(outcome: TaskOutcome): string {
  return JSON.stringify(outcome.status === 'completed' ? outcome.result : { error: outcome.error });
}

// What a task asks. Right after its questions were answered the record takes the answers, and shows so a moment later; the caller
// who has just answered is not asked the same again meanwhile.
import type { InputRequests } from '../../contract/input.ts';
import type { Task } from '../../contract/task.ts';

/** What a task asks now; `null` when nothing. */
export function toOpenRequests({ state }: Task): InputRequests | null {
  if (state.status !== 'input_required') return null;
  return Object.keys(state.requests).length > 0 ? state.requests : null;
}

export function withoutAnswered(task: Task, keys: readonly string[]): Task {
  const { state } = task;
  if (state.status !== 'input_required') return task;
  const left = Object.entries(state.requests).filter(([key]) => !keys.includes(key));
  return { ...task, state: { ...state, requests: Object.fromEntries(left) } };
}

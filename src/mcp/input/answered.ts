// A task right after its questions were answered. The record takes the answers at once, and shows so a moment later; who
// has just answered is not asked the same again meanwhile.
import type { Task } from '../../contract/task.ts';

/** The task without the questions of these keys. */
export function withoutAnswered(task: Task, keys: readonly string[]): Task {
  const { state } = task;
  if (state.status !== 'input_required') return task;
  const left = Object.entries(state.requests).filter(([key]) => !keys.includes(key));
  return { ...task, state: { ...state, requests: Object.fromEntries(left) } };
}

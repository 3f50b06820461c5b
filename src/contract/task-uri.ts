// The link to the result of a task, which is there as long as its task.
import { parseTaskRef } from './task-ref.ts';

const URI = /^longhaul:\/\/tasks\/([^/?#]+)\/result$/;

export function toResultUri(taskRef: string): string {
  return `longhaul://tasks/${taskRef}/result`;
}

/** The task whose result a URI names; `null` when it names none. */
export function parseResultUri(uri: string): string | null {
  const taskRef = URI.exec(uri)?.[1] ?? '';
  return parseTaskRef(taskRef) && taskRef;
}

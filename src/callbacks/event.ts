// What a receiver gets: an event of Standard Webhooks whose data is the task as its own caller reads it, nothing else.
// Invariant: a body is small; a result that would make it large is left out, and how it is read stands in its place.
import type { Json } from '../contract/json.ts';

/** A task that has ended, as the pair shows it. */
export interface EndedTask {
  readonly task_ref: string;
  readonly status: string;
  /** When it ended, ISO 8601. */
  readonly updated_at: string;
  readonly result: Json;
}

/** Where a result that was left out is read, and how large it is. */
interface OmittedResult {
  readonly bytes: number;
  readonly tool: 'resolve_task_status';
  readonly arguments: { readonly task_ref: string };
}

/** @param maxResultBytes largest result that is sent along, as JSON in UTF-8, in bytes */
export function toEventBody(task: EndedTask, maxResultBytes: number): string {
  const bytes = Buffer.byteLength(JSON.stringify(task.result));
  const { task_ref } = task;
  const omitted: OmittedResult = { bytes, tool: 'resolve_task_status', arguments: { task_ref } };
  const data = bytes > maxResultBytes ? { ...task, result: null, result_omitted: omitted } : task;
  return JSON.stringify({ type: `task.${task.status}`, timestamp: task.updated_at, data });
}

/** The id of a task's event: of the part of the task_ref that no caller chooses, so that it has no full stop. */
export function toEventId(taskRef: string): string {
  return `msg_${taskRef.slice(taskRef.lastIndexOf('.') + 1)}`;
}

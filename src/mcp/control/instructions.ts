// What a client tells its model about this server before any tool is called.
import type { OfferedTools } from '../options.ts';

const PAIR = [
  'Start one with initiate_background_task, always with an idempotency_key of your own, and keep the task_ref that comes back at once.',
  'Read it with resolve_task_status until done is true, following next_step and poll_after_ms, or let it wait for you with wait_seconds; go on with other work meanwhile.',
  'A failed task is an ordinary answer with an error, and the work survives the end of this session: list_background_tasks finds a lost task_ref, cancel_background_task stops a task, provide_task_input answers its questions, list_operations shows what can be started.',
];
const BOTH =
  'Each operation is a tool of its own name, too: it answers with the result if that comes soon, and otherwise with a task_ref.';
const TYPED = [
  'Call the tool of an operation, always with an idempotency_key of your own: it answers with the result if that comes soon, and otherwise with the task as it stands.',
  'The work goes on, also after the end of this session: the same call with the same idempotency_key returns to it, as next_step says; go on with other work meanwhile.',
];

/** The `instructions` of the server: at most 1 KB, since every session pays for them. */
export function toInstructions({ pair, typed }: OfferedTools): string {
  return [
    'Longhaul runs slow operations durably in the background.',
    ...(pair ? PAIR : TYPED),
    ...(pair && typed ? [BOTH] : []),
  ].join(' ');
}

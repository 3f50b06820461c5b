// What a client tells its model about this server before any tool is called.

/** The `instructions` of the server: at most 1 KB, since every session pays for them. */
export const INSTRUCTIONS = [
  'Longhaul runs slow operations durably in the background.',
  'Start one with initiate_background_task, always with an idempotency_key of your own, and keep the task_ref that comes back at once.',
  'Read it with resolve_task_status until done is true, following next_step and poll_after_ms, or let it wait for you with wait_seconds; go on with other work meanwhile.',
  'A failed task is an ordinary answer with an error, and the work survives the end of this session: list_background_tasks finds a lost task_ref, cancel_background_task stops a task, list_operations shows what can be started.',
].join(' ');

// The tools of the pair and its companions. No operation has one of their names, since each is a tool of its own name.

/** Their names. */
export const PAIR_TOOLS: ReadonlySet<string> = new Set([
  'initiate_background_task',
  'resolve_task_status',
  'cancel_background_task',
  'list_background_tasks',
  'provide_task_input',
  'list_operations',
]);

// What a Longhaul gateway and its own client understand of native tasks beyond what the protocol says. Invariant: all of it
// is optional for either side: other servers ignore it, and other clients get nothing that they did not ask for.

/** The experimental capability of a gateway, `{ pair, typed }`: whether it has the pair, and a tool per operation. */
export const GATEWAY_CAPABILITY = 'longhaul';

/** Keys of `_meta`. */
export const EXTRAS = {
  /** With tools/call: the total time that the caller allows, in seconds. */
  maxWaitSeconds: 'longhaul/max_wait_seconds',
  /** With tasks/get: how long the answer may be held until the task has ended, in seconds; 0 asks for progress alone. */
  waitSeconds: 'longhaul/wait_seconds',
  /**
   * With tools/call, tasks/get and tasks/result, or among the arguments of a tool: `true` has the result whole, however large,
   * since a program reads it and no model.
   */
  wholeResult: 'longhaul/whole_result',
  /** On the answer of a tasks/get that was asked so: `{ fraction, message }`. */
  progress: 'longhaul/progress',
  /** On a tool result: the value is no object, and stands in the field `result` of the structured content. */
  wrapped: 'longhaul/wrapped',
} as const;

/** The name of the tasks extension. Source: SEP-2663. */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

/** Ties a result to its task. Source: MCP 2025-11-25, tasks. */
export const RELATED_TASK = 'io.modelcontextprotocol/related-task';

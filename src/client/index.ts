// `longhaul/client`: what an agent's program imports. Neither Temporal nor the server is behind it, nor any package.
export {
  fromClient,
  fromLegacyClient,
  type CallTool,
  type LegacyMcpClient,
  type McpClient,
} from './call-tool.ts';
export { LONGHAUL_DIALECT, type Dialect } from './dialect.ts';
export { TaskClientError } from './errors.ts';
export type { AnswerInput, SerializedHandle, TaskHandle, WaitOptions } from './handle.ts';
export { listOperations, type OperationDescription } from './operations.ts';
export type { NativeTasks } from './native/connection.ts';
export type { PollingOptions, TaskClientOptions } from './options.ts';
export type { ResultPart } from './read-result.ts';
export type { CallOptions } from './request-options.ts';
export type { StartOptions } from './start.ts';
export { createTaskClient, type RunOptions, type Settled, type TaskClient } from './task-client.ts';
export type { Timing } from './timing.ts';
export { isOutcome, type TaskFailure, type TaskOutcome, type TaskView } from './view.ts';

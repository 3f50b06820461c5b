// The public surface: what a configuration file or another program may import from `longhaul`.
export { defineConfig, type ConfigExport, type ConfigOptions } from './config/define-config.ts';
export type { FileRange, FileReference, StoredFile } from './contract/file.ts';
export { ERRORS, OperationError, type ErrorCode } from './contract/errors.ts';
export {
  InputRequired,
  type InputRequest,
  type InputRequests,
  type InputResponse,
  type InputResponses,
} from './contract/input.ts';
export type { ExactNumber } from './contract/json/exact-number.ts';
export type { Json, JsonObject } from './contract/json.ts';
export type { Progress } from './contract/task.ts';
export type { OperationCallback } from './operations/callbacks.ts';
export type { OperationContext, OperationLog } from './operations/context.ts';
export { defineOperation, type OperationDefinition } from './operations/define.ts';
export { defineJob, type JobDefinition } from './operations/define-job.ts';
export { defineHttpJob } from './operations/kinds/http-job/job.ts';
export type { HttpJobDeclaration } from './operations/kinds/http-job/job-declaration.ts';
export type { HttpDeclaration } from './operations/kinds/http/declaration.ts';
export { defineHttpOperation } from './operations/kinds/http/operation.ts';
export type { Environment } from './operations/kinds/kind.ts';
export type { LaneOption } from './operations/lane.ts';
export type { JobPolling, JobStatus, Operation, OperationHints } from './operations/operation.ts';
export type { PolicyOptions } from './operations/policy.ts';

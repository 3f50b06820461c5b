// What a row of the tables is, and the states that rows move a task through.
import { createTaskError, type ErrorCode } from '../../../../src/contract/errors.ts';
import type { TaskState } from '../../../../src/contract/task.ts';
import { toProcessing } from '../../../support/gateways/fake-task-service.ts';
import type { Running } from '../../../support/gateways/http-gateway.ts';
import type { NativeAnswer } from '../../../support/clients/json-rpc.ts';

/** One demand of a specification. */
export interface Requirement {
  readonly requirement: string;
  /** `SEP` is SEP-2663, `2025` is tasks of 2025-11-25; what follows is the section. */
  readonly source: string;
  readonly check: (running: Running) => Promise<void>;
}

/** Makes a table of rows. */
export function toRequirements(rows: readonly Requirement[]): readonly Requirement[] {
  return rows;
}

export const LOCAL = { principal: 'local' };
/** A well-formed handle that names nothing. */
export const UNKNOWN = 'k0.AAAAAAAAAAAAAAAAAAAAAA';
export const QUESTION = {
  message: 'Which colour?',
  requestedSchema: { type: 'object', properties: { colour: { type: 'string' } } },
};
export const ASKING: TaskState = {
  status: 'input_required',
  attempt: 1,
  requests: { colour: QUESTION, size: { ...QUESTION, message: 'Which size?' } },
};
export const DONE: TaskState = { status: 'completed', result: { slept: 1 }, attempt: 1 };
export const INVALID = { code: -32602 };
export const ACK = { status: 200, error: null, result: { resultType: 'complete' } };

/** A task that failed. */
export function toFailed(code: ErrorCode, message = 'as it was'): TaskState {
  return { status: 'failed', error: createTaskError(code, message), attempt: 1 };
}

/** Starts a task; returns its handle. */
export async function startTask({ tasks }: Running, principal = 'local'): Promise<string> {
  const parameters = { seconds: 1 };
  return (await tasks.start({ principal }, { operation: 'sleep', parameters })).task.taskRef;
}

/** The fields of an answer beside its meta. */
export function fieldsOf({ result }: NativeAnswer): readonly string[] {
  return Object.keys(result).filter((name) => name !== '_meta');
}

const STATES: readonly TaskState[] = [
  { status: 'pending', workerPresent: null },
  toProcessing({ fraction: 0.5, message: 'half' }),
  ASKING,
  toProcessing(null, 2),
  DONE,
];

/** The task in every state, as one face shows it. */
export async function inEveryState(
  { tasks }: Running,
  taskId: string,
  look: () => Promise<NativeAnswer>,
): Promise<readonly NativeAnswer[]> {
  const seen = [];
  for (const state of STATES) {
    tasks.set(taskId, state);
    seen.push(await look());
  }
  return seen;
}

// Starting a task, exactly once. Invariant: every repetition of a start carries the same idempotency key; where the server
// has no keys, a start whose answer was lost is not repeated.
import type { JsonObject } from '../contract/json.ts';
import { createHandle, NEVER } from './create-handle.ts';
import { TaskClientError } from './errors.ts';
import { MARGIN_MS, type Follower } from './follow.ts';
import type { TaskHandle } from './handle.ts';
import { readField, toTaskView } from './view.ts';

/** How to start. */
export interface StartOptions {
  /** Your name for this request: starting again with it finds the task. A random one by default. */
  readonly idempotencyKey?: string;
  /** Total time that the task may take, in seconds; the server's limit by default. */
  readonly maxWaitSeconds?: number;
  /** Ends the repetitions of a start that is not answered; a call under way is let end, so that no handle is lost. */
  readonly signal?: AbortSignal;
}

/** Starts a task, or finds the one that the key names. */
export async function startTask(
  shared: Omit<Follower, 'handle'>,
  operation: string,
  parameters: JsonObject,
  { idempotencyKey = crypto.randomUUID(), maxWaitSeconds, signal = NEVER }: StartOptions,
): Promise<TaskHandle> {
  const { dialect } = shared.options;
  const { startTool } = dialect;
  const tool = typeof startTool === 'string' ? startTool : startTool(operation);
  const args: JsonObject = {
    ...(dialect.operation !== undefined && { [dialect.operation]: operation }),
    ...(dialect.parameters === undefined ? parameters : { [dialect.parameters]: parameters }),
    ...(dialect.idempotencyKey !== undefined && { [dialect.idempotencyKey]: idempotencyKey }),
    ...(dialect.maxWaitSeconds !== undefined &&
      maxWaitSeconds !== undefined && { [dialect.maxWaitSeconds]: maxWaitSeconds }),
  };
  const { answer } = await shared.caller.call({
    tool,
    ask: () => ({ args, timeoutMs: MARGIN_MS }),
    signal,
    shielded: true,
    repeatable: dialect.idempotencyKey !== undefined,
  });
  const taskRef = readField(answer, dialect.taskRef);
  if (typeof taskRef !== 'string' && typeof taskRef !== 'number') {
    const message = `${tool}: expected a handle in ${dialect.taskRef}, got ${JSON.stringify(answer).slice(0, 200)}`;
    throw new TaskClientError('INVALID_ANSWER', message, { retryable: false });
  }
  const handle = {
    taskRef: String(taskRef),
    operation,
    idempotencyKey: dialect.idempotencyKey === undefined ? null : idempotencyKey,
  };
  return createHandle(shared, handle, toTaskView(answer, dialect));
}

// Starting a task, exactly once. Invariant: every repetition of a start carries the same idempotency key; where the server
// has no keys, a start whose answer was lost is not repeated.
import type { JsonObject } from '../contract/json.ts';
import { createHandle, NEVER, type Shared } from './create-handle.ts';
import { MARGIN_MS } from './follow.ts';
import type { TaskHandle } from './handle.ts';
import { isOutcome } from './view.ts';

/** How to start. */
export interface StartOptions {
  /** Your name for this request: starting again with it finds the task. A random one by default. */
  readonly idempotencyKey?: string | undefined;
  /** Total time that the task may take, in seconds; the server's limit by default. */
  readonly maxWaitSeconds?: number;
  /** How much later the task begins, in seconds, up to 30 days; at once by default. Needs the pair of a gateway. */
  readonly startAfterSeconds?: number;
  /** Ends the repetitions of a start that is not answered; a call under way is let end, so that no handle is lost. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts a task, or finds the one that the key names.
 *
 * @throws {RangeError} for a start that is to be put off where the server cannot: it would begin at once
 */
export async function startTask(
  shared: Shared,
  operation: string,
  parameters: JsonObject,
  options: StartOptions,
): Promise<TaskHandle> {
  const { idempotencyKey = crypto.randomUUID(), signal = NEVER } = options;
  const { maxWaitSeconds, startAfterSeconds } = options;
  const { starting, startingLater } = shared.faces;
  const face = startAfterSeconds === undefined ? starting : startingLater;
  if (!face) throw new RangeError('startAfterSeconds: this server cannot start a task later');
  const order = { operation, parameters, idempotencyKey, maxWaitSeconds, startAfterSeconds };
  const step = face.start(order);
  const { value } = await shared.caller.call({
    ask: () => ({ step, timeoutMs: MARGIN_MS }),
    signal,
    shielded: true,
    repeatable: face.hasKeys,
  });
  const { taskRef, view } = value;
  const handle = {
    taskRef,
    operation,
    idempotencyKey: face.hasKeys ? idempotencyKey : null,
    ...(taskRef === '' && isOutcome(view) && { outcome: view }),
  };
  return createHandle(shared, handle, view);
}

// A tool call as a task that is started and waited for. Invariant: an abort cancels the task, unless the tool is durable: then
// the run is interrupted, and the task goes on without it.
import {
  isOutcome,
  type AnswerInput,
  type SerializedHandle,
  type TaskClient,
  type TaskOutcome,
} from '../client/index.ts';
import type { JsonObject } from '../contract/json.ts';

/** An outcome, and the task that has come to it. */
interface Resolved {
  readonly taskRef: string;
  readonly outcome: TaskOutcome;
}

interface ResolveOptions {
  readonly idempotencyKey: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onInput: AnswerInput | undefined;
  /** Interrupts the run on a task that is not done in time; `null` for a call that lasts as long as its task. */
  readonly durable: {
    readonly inlineWaitSeconds: number;
    readonly interrupt: (reason: { readonly longhaulTask: SerializedHandle }) => void;
  } | null;
}

export async function resolveCall(
  tasks: TaskClient,
  operation: string,
  parameters: JsonObject,
  { idempotencyKey, signal, onInput, durable }: ResolveOptions,
): Promise<Resolved> {
  const handle = await tasks.start(operation, parameters, { idempotencyKey, signal });
  const { taskRef } = handle;
  if (!durable) {
    return { taskRef, outcome: await handle.wait({ cancelOnAbort: true, signal, onInput }) };
  }
  const view = await handle.read({ waitSeconds: durable.inlineWaitSeconds, signal });
  if (isOutcome(view)) return { taskRef, outcome: view };
  durable.interrupt({ longhaulTask: handle.toJSON() });
  return { taskRef, outcome: await handle.wait({ signal }) };
}

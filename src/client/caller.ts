// One step, repeated until it is answered. Invariants: a call ends by its timeout even when the connection never
// answers; pauses grow and are never shorter than what the server asked for; of many calls that fail at once, one
// reconnects; a refusal that a repetition cannot mend is thrown at once.
import { orGiveUp } from '../contract/give-up.ts';
import type { Progress } from '../contract/task.ts';
import { messageOf } from '../contract/text.ts';
import type { CallTool } from './call-tool.ts';
import { TaskClientError } from './errors.ts';
import type { Reply, Step } from './face.ts';
import type { SerializedHandle } from './handle.ts';
import type { ResolvedOptions } from './options.ts';
import { toPauseMs, withJitter } from './timing.ts';
import { isTransient } from './transient.ts';

export interface TimedStep<Value> {
  readonly step: Step<Value>;
  readonly timeoutMs: number;
}

interface CallRequest<Value> {
  /** Asked anew for each repetition. */
  readonly ask: () => TimedStep<Value>;
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Called after each call that brought no answer, with how long it took, in milliseconds. */
  readonly onLost?: (elapsedMs: number) => void;
  /** `false` for a start without a key, which may have arrived although its answer was lost. */
  readonly repeatable?: boolean;
  /** `true` for a start: an abort lets the call under way end, so that no handle is lost. */
  readonly shielded?: boolean;
  /** Instead of the client's own `patienceSeconds`, in milliseconds. */
  readonly outageMs?: number;
  /** Goes into the errors. */
  readonly handle?: SerializedHandle | null;
}

interface Answered<Value> {
  readonly value: Value;
  readonly elapsedMs: number;
}

export interface Caller {
  /** @throws {TaskClientError} when there is no answer to be had; the signal's reason when it is aborted. */
  call<Value>(request: CallRequest<Value>): Promise<Answered<Value>>;
}

/** Pauses after failures: short at first, since a gateway is back within seconds of its end. */
const AFTER_FAILURE = { initialIntervalMs: 500, maxIntervalMs: 15_000, backoffMultiplier: 2 };

export function createCaller(first: CallTool, options: ResolvedOptions): Caller {
  const { timing } = options;
  let connection = first;
  let reconnecting: Promise<void> | null = null;

  const reconnect = async (failed: CallTool): Promise<void> => {
    const open = options.reconnect;
    if (!open || connection !== failed) return;
    reconnecting ??= open()
      .then((opened) => {
        connection = opened;
      })
      .catch(() => undefined) // the next call fails, and this is tried again after it
      .finally(() => {
        reconnecting = null;
      });
    await reconnecting;
  };

  return {
    call: async (request) => {
      const { signal, handle = null } = request;
      const begunAt = timing.now();
      const outageMs = request.outageMs ?? options.outageMs;
      for (let failures = 0; ; failures += 1) {
        signal.throwIfAborted();
        const used = connection;
        const asked = request.ask();
        const startedAt = timing.now();
        let failure: TaskClientError;
        let retryAfterMs = 0;
        try {
          const reply = await takeOnce(used, request, asked);
          if (reply.ok) return { value: reply.value, elapsedMs: timing.now() - startedAt };
          const { code, message, retryable, details } = reply.refusal;
          failure = new TaskClientError(code, message, { retryable, details, handle });
          if (!retryable) throw failure;
          retryAfterMs = reply.refusal.retryAfterMs ?? 0;
        } catch (thrown) {
          if (thrown instanceof TaskClientError) throw thrown;
          signal.throwIfAborted();
          failure = toLost(thrown, asked.step.name, request);
          if (!failure.retryable) throw failure;
          request.onLost?.(timing.now() - startedAt);
        }
        if (timing.now() - begunAt >= outageMs) throw failure;
        const pauseMs = Math.max(toPauseMs(failures, AFTER_FAILURE), retryAfterMs);
        await timing.sleep(withJitter(pauseMs, timing), signal);
        if (failure.code === 'UNREACHABLE') await reconnect(used);
      }
    },
  };
}

/** One step, given up when its time is over or when its caller no longer waits. */
async function takeOnce<Value>(
  connection: CallTool,
  request: CallRequest<Value>,
  { step, timeoutMs }: TimedStep<Value>,
): Promise<Reply<Value>> {
  const overdue = AbortSignal.timeout(timeoutMs);
  const signal = request.shielded ? overdue : AbortSignal.any([request.signal, overdue]);
  const { onProgress } = request;
  const sent = step.send(connection, { signal, timeoutMs, ...(onProgress && { onProgress }) });
  return orGiveUp(sent, signal);
}

function toLost(
  thrown: unknown,
  tool: string,
  { handle = null, repeatable = true }: CallRequest<unknown>,
): TaskClientError {
  const reason = messageOf(thrown);
  const more = { handle, cause: thrown };
  if (!isTransient(thrown)) {
    return new TaskClientError('CALL_FAILED', `${tool}: ${reason}`, { ...more, retryable: false });
  }
  if (!repeatable) {
    const message = `${tool} may have started the task, its answer was lost: ${reason}`;
    return new TaskClientError('SUBMISSION_UNCONFIRMED', message, { ...more, retryable: false });
  }
  const message = `${tool} brings no answer: ${reason}`;
  return new TaskClientError('UNREACHABLE', message, { ...more, retryable: true });
}

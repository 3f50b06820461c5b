// Ends pauses between two polls of a task early. A wake-up without a running pause has no effect later: the next poll sees the
// same news.
import { parseJsonOrNot } from '../contract/json/exact-number.ts';
import { isJsonObject, type JsonObject } from '../contract/json.ts';
import type { Timing } from './timing.ts';

export interface WakeUps {
  /** Pauses until the time is over or `wake` is called for the task; rejects with the signal's reason. */
  pause(taskRef: string, ms: number, timing: Timing, signal: AbortSignal): Promise<void>;
  /** Ends the pauses of a task; whether there was one. */
  wake(taskRef: string): boolean;
}

export function createWakeUps(): WakeUps {
  const pauses = new Map<string, Set<AbortController>>();
  return {
    pause: async (taskRef, ms, timing, signal) => {
      const woken = new AbortController();
      const others = pauses.get(taskRef) ?? new Set();
      pauses.set(taskRef, others.add(woken));
      try {
        await timing.sleep(ms, AbortSignal.any([signal, woken.signal]));
      } catch (reason) {
        if (signal.aborted || !woken.signal.aborted) throw reason;
      } finally {
        others.delete(woken);
        if (others.size === 0) pauses.delete(taskRef);
      }
    },
    wake: (taskRef) => {
      const running = pauses.get(taskRef) ?? new Set();
      for (const pause of running) pause.abort();
      return running.size > 0;
    },
  };
}

/** The task of a callback, from its body; `null` when it names none. */
export function toNotifiedTask(event: string | JsonObject): string | null {
  const body = typeof event === 'string' ? parseJsonOrNot(event) : event;
  const data = isJsonObject(body) ? body['data'] : null;
  const taskRef = isJsonObject(data) ? data['task_ref'] : null;
  return typeof taskRef === 'string' ? taskRef : null;
}

// Wakes who pauses between two looks at a task. A pause that is not running is not skipped later: whoever looks anyway sees what
// there is to see.
import { isJsonObject, type JsonObject } from '../contract/json.ts';
import type { Timing } from './timing.ts';

/** Pauses that can be cut short. */
export interface Bell {
  /** Pauses until the time is over or the bell rings for the task; rejects with the signal's reason. */
  pause(taskRef: string, ms: number, timing: Timing, signal: AbortSignal): Promise<void>;
  /** Ends the pauses of a task; whether there was one. */
  ring(taskRef: string): boolean;
}

/** Creates a bell that nobody hears yet. */
export function createBell(): Bell {
  const pauses = new Map<string, Set<AbortController>>();
  return {
    pause: async (taskRef, ms, timing, signal) => {
      const rung = new AbortController();
      const others = pauses.get(taskRef) ?? new Set();
      pauses.set(taskRef, others.add(rung));
      try {
        await timing.sleep(ms, AbortSignal.any([signal, rung.signal]));
      } catch (reason) {
        if (signal.aborted || !rung.signal.aborted) throw reason;
      } finally {
        others.delete(rung);
        if (others.size === 0) pauses.delete(taskRef);
      }
    },
    ring: (taskRef) => {
      const heard = pauses.get(taskRef) ?? new Set();
      for (const pause of heard) pause.abort();
      return heard.size > 0;
    },
  };
}

/** The task that a callback tells of, from its body; `null` when it tells of none. */
export function toNotifiedTask(event: string | JsonObject): string | null {
  const { data } = typeof event === 'string' ? toObject(event) : event;
  const taskRef = isJsonObject(data) ? data['task_ref'] : null;
  return typeof taskRef === 'string' ? taskRef : null;
}

function toObject(text: string): JsonObject {
  try {
    const parsed: unknown = JSON.parse(text);
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

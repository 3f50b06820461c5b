// How long tasks of an operation take, as far as this process has seen them end. Invariant: memory is bounded, and nothing is
// said from fewer than a few tasks.
import { LRUCache } from 'lru-cache';
import type { Usual } from '../contract/task.ts';

/** Learns from tasks that completed. */
export interface Durations {
  /** Notes how long a task took; the same task again counts once, as long as it is remembered. */
  note(operation: string, taskRef: string, durationMs: number): void;
  /** What is usual; `null` while that is not known. */
  usual(operation: string): Usual | null;
}

/** Tasks from which something is said. */
const ENOUGH = 3;

/** Tasks remembered of an operation: the last ones. */
const KEPT = 30;

/** Operations remembered; of more, the one that was noted longest ago is forgotten. */
const OPERATIONS = 1_000;

export function createDurations(): Durations {
  const seen = new LRUCache<string, LRUCache<string, number>>({
    max: OPERATIONS,
    memoMethod: () => new LRUCache({ max: KEPT }),
  });
  return {
    note: (operation, taskRef, durationMs) => {
      const tasks = seen.memo(operation);
      if (!tasks.has(taskRef)) tasks.set(taskRef, durationMs);
    },
    usual: (operation) => toUsual([...(seen.peek(operation)?.values() ?? [])]),
  };
}

function toUsual(durations: readonly number[]): Usual | null {
  if (durations.length < ENOUGH) return null;
  const sorted = [...durations].sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.round((sorted.length - 1) * share)] ?? 0;
  return { earlyMs: at(0.25), middleMs: at(0.5), lateMs: at(0.75) };
}

/** For example `usually 12 to 15 s`. */
export function sayUsual({ earlyMs, lateMs }: Usual): string {
  if (lateMs < 1_000) return 'usually less than 1 s';
  const [unitMs, unit] = lateMs < 120_000 ? [1_000, 's'] : [60_000, 'min'];
  const [from, to] = [earlyMs, lateMs].map((ms) => Math.max(1, Math.round(ms / unitMs)));
  return from === to ? `usually ${to} ${unit}` : `usually ${from} to ${to} ${unit}`;
}

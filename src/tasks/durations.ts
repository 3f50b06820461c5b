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

/** Durations of the last tasks of an operation, and what follows from them: it is read more often than it changes. */
interface Seen {
  readonly tasks: LRUCache<string, number>;
  usual: Usual | null;
}

export function createDurations(): Durations {
  const seen = new LRUCache<string, Seen>({
    max: OPERATIONS,
    memoMethod: () => ({ tasks: new LRUCache({ max: KEPT }), usual: null }),
  });
  return {
    note: (operation, taskRef, durationMs) => {
      const known = seen.memo(operation);
      if (known.tasks.has(taskRef)) return;
      known.tasks.set(taskRef, durationMs);
      known.usual = toUsual([...known.tasks.values()]);
    },
    usual: (operation) => seen.peek(operation)?.usual ?? null,
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

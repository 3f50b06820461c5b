// How long tasks of an operation take, as far as this process has seen them end. Invariant: memory is bounded, and nothing is
// said from fewer than a few tasks.
import type { Usual } from '../contract/usual.ts';

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

/** Operations remembered; of more, the one that was noted first is forgotten. */
const OPERATIONS = 1_000;

/** Creates them, knowing nothing. */
export function createDurations(): Durations {
  const seen = new Map<string, Map<string, number>>();
  const tasksOf = (operation: string): Map<string, number> => {
    const tasks = seen.get(operation) ?? new Map<string, number>();
    seen.set(operation, tasks);
    dropFirst(seen, OPERATIONS);
    return tasks;
  };
  return {
    note: (operation, taskRef, durationMs) => {
      const tasks = tasksOf(operation);
      if (tasks.has(taskRef)) return;
      tasks.set(taskRef, durationMs);
      dropFirst(tasks, KEPT);
    },
    usual: (operation) => toUsual([...(seen.get(operation)?.values() ?? [])]),
  };
}

function toUsual(durations: readonly number[]): Usual | null {
  if (durations.length < ENOUGH) return null;
  const sorted = [...durations].sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.round((sorted.length - 1) * share)] ?? 0;
  return { earlyMs: at(0.25), middleMs: at(0.5), lateMs: at(0.75) };
}

function dropFirst(map: Map<string, unknown>, most: number): void {
  const [first = ''] = map.keys();
  if (map.size > most) map.delete(first);
}

/** For example `usually 12 to 15 s`. */
export function sayUsual({ earlyMs, lateMs }: Usual): string {
  if (lateMs < 1_000) return 'usually less than 1 s';
  const [unitMs, unit] = lateMs < 120_000 ? [1_000, 's'] : [60_000, 'min'];
  const [from, to] = [earlyMs, lateMs].map((ms) => Math.max(1, Math.round(ms / unitMs)));
  return from === to ? `usually ${to} ${unit}` : `usually ${from} to ${to} ${unit}`;
}

// When a task is worth another look. Where nothing is known of its end, the hint grows with the age of the task: it is the same from
// every gateway, and an exponential back-off for a caller that follows it. Otherwise it aims just behind the likely end, and goes on
// in short steps from there.
import type { Task } from '../contract/task.ts';
import type { Usual } from './durations.ts';
import type { PollingHints } from './options.ts';

/** What is known of a task's end. */
export interface Known {
  readonly usual: Usual | null;
  /** Share done, 0 to 1; `null` when the task does not say. */
  readonly fraction: number | null;
}

/** Shortest hint, in milliseconds. */
const SHORTEST_MS = 250;

/** Share done from which the rest follows. */
const TELLING = 0.1;

/** Share of the likely time that is added to it, and that a step beyond it takes at least. */
const MARGIN = 0.02;
const STEP = 0.05;

/** When a task is worth another look, in milliseconds from `at`; before it begins, just after that. */
export function toTaskPollMs(
  { createdAt, startsAt = createdAt }: Pick<Task, 'createdAt' | 'startsAt'>,
  at: number,
  hints: PollingHints,
  known?: Known,
): number {
  const untilStartMs = startsAt === createdAt ? 0 : Math.max(0, startsAt - at);
  const afterStartMs = toPollAfterMs(at - startsAt, hints, known);
  return Math.min(untilStartMs + afterStartMs, hints.maxIntervalMs);
}

/** Milliseconds after which a task of this age is worth another look. */
export function toPollAfterMs(ageMs: number, hints: PollingHints, known?: Known): number {
  const age = Math.max(0, ageMs);
  const { initialIntervalMs, maxIntervalMs, backoffMultiplier } = hints;
  const likely = toLikely(age, known);
  const wished = likely
    ? Math.max(SHORTEST_MS, toLikelyMs(age, likely))
    : Math.max(initialIntervalMs, initialIntervalMs + age * (backoffMultiplier - 1));
  return Math.round(Math.min(wished, maxIntervalMs));
}

interface Likely {
  readonly endMs: number;
  /** From the likely end to a late one. */
  readonly spreadMs: number;
}

function toLikely(age: number, known: Known | undefined): Likely | null {
  const { fraction = null, usual = null } = known ?? {};
  if (fraction !== null && fraction >= TELLING && age > 0) {
    return { endMs: age / Math.min(1, fraction), spreadMs: 0 };
  }
  return usual && { endMs: usual.middleMs, spreadMs: usual.lateMs - usual.middleMs };
}

function toLikelyMs(age: number, { endMs, spreadMs }: Likely): number {
  const aim = endMs * (1 + MARGIN);
  if (age < aim) return aim - age;
  // The longer it is overdue, the less is known of its end.
  return Math.max(spreadMs / 2, age * STEP, age - endMs);
}

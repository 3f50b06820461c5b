// When a task is worth another read. Where nothing is known of its end, the hint grows with the age of the task: it is the same from
// every gateway, and an exponential back-off for a caller that follows it. Otherwise it aims just behind the likely end, and goes on
// in short steps from there.
import { isDone, type Task } from '../contract/task.ts';
import type { PollingHints } from './options.ts';

const SHORTEST_MS = 250;

/** Share done from which the rest follows. */
const RELIABLE = 0.1;

/** Share of the likely time that is added to it, and that a step beyond it takes at least. */
const MARGIN = 0.02;
const STEP = 0.05;

export type Polled = Pick<Task, 'createdAt' | 'startsAt' | 'state' | 'usual'>;

/** Milliseconds after which a task is worth another read. */
export function toPollAfterMs(task: Polled, now: number, hints: PollingHints): number {
  const { createdAt, startsAt = createdAt } = task;
  const untilStartMs = startsAt === createdAt ? 0 : Math.max(0, startsAt - now);
  const age = Math.max(0, now - startsAt);
  const { initialIntervalMs, maxIntervalMs, backoffMultiplier } = hints;
  const likely = toLikely(age, task);
  const wished = likely
    ? Math.max(SHORTEST_MS, toLikelyMs(age, likely))
    : Math.max(initialIntervalMs, initialIntervalMs + age * (backoffMultiplier - 1));
  return Math.round(Math.min(untilStartMs + wished, maxIntervalMs));
}

interface Likely {
  readonly endMs: number;
  /** From the likely end to a late one. */
  readonly spreadMs: number;
}

function toLikely(age: number, { state, usual }: Polled): Likely | null {
  const fraction = state.status === 'processing' ? (state.progress?.fraction ?? 0) : 0;
  if (fraction >= RELIABLE && age > 0) return { endMs: age / Math.min(1, fraction), spreadMs: 0 };
  // What has ended keeps the hint that it had: nothing that is learned later changes its answer.
  return usual && !isDone(state)
    ? { endMs: usual.middleMs, spreadMs: usual.lateMs - usual.middleMs }
    : null;
}

function toLikelyMs(age: number, { endMs, spreadMs }: Likely): number {
  const aim = endMs * (1 + MARGIN);
  if (age < aim) return aim - age;
  // The longer it is overdue, the less is known of its end.
  return Math.max(spreadMs / 2, age * STEP, age - endMs);
}

// The model of one task: what the answers so far have settled about it. An answer is held against what was settled when
// its call began, since calls that overlap may be answered in either order.
import { expect } from '@jest/globals';
import { isPair, type Face, type Fields } from './faces.ts';

/** What is settled about a task. */
export interface Known {
  readonly taskId: string;
  /** As the first answer had it. */
  readonly createdAt: string;
  /** The latest instant of a change that a settled task has shown. */
  lastUpdatedAt: string;
  /** Whether somebody was told that an attempt runs. */
  hasBegun: boolean;
  /** Whether somebody was told that the work has ended. */
  hasEnded: boolean;
  /** Whether anybody has asked for a cancel, answered or not. */
  isCancelSent: boolean;
  /** Whether a legacy client was told that the task is cancelled, or anybody that a cancel is on its way. */
  isCancelSeen: boolean;
  /** The answer of each face after the end. */
  readonly ended: Map<Face, string>;
  /** Questions whose answers were acknowledged. */
  readonly acknowledged: Set<string>;
  /** Questions that were seen to be asked no more. */
  readonly gone: Set<string>;
}

/** A task that was just made. */
export function createKnown(taskId: string, createdAt: string): Known {
  return {
    taskId,
    createdAt,
    lastUpdatedAt: createdAt,
    hasBegun: false,
    hasEnded: false,
    isCancelSent: false,
    isCancelSeen: false,
    ended: new Map(),
    acknowledged: new Set(),
    gone: new Set(),
  };
}

/** Makes a call that shows the task, and holds its answer against what was known before. */
export async function observe(
  known: Known,
  face: Face,
  call: () => Promise<Fields>,
): Promise<Fields> {
  const before: Known = {
    ...known,
    ended: new Map(known.ended),
    acknowledged: new Set(known.acknowledged),
    gone: new Set(known.gone),
  };
  const answer = await call();
  hold(before, face, answer);
  learn(known, before, face, answer);
  return answer;
}

const TERMINAL = ['completed', 'failed', 'cancelled'];

function hold(before: Known, face: Face, answer: Fields): void {
  const status = answer['status'] as string;
  expect(answer).toHaveProperty(isPair(face) ? 'created_at' : 'createdAt', before.createdAt);
  if (face === 'legacy' && before.isCancelSeen) expect(status).toBe('cancelled');
  if (before.hasEnded) expect(TERMINAL).toContain(status);
  if (before.hasBegun) expect(status).not.toBe('pending');
  expect(toAsked(answer).filter((key) => before.gone.has(key))).toEqual([]);
}

/** Remembers what an answer adds. What a face says of the end is the same for ever; what it advises depends on the call. */
function learn(known: Known, before: Known, face: Face, answer: Fields): void {
  const status = answer['status'] as string;
  const isTerminal = TERMINAL.includes(status);
  known.hasBegun ||= status === 'processing';
  // A legacy client is told of a cancel before the work ends.
  known.hasEnded ||= isTerminal && face !== 'legacy';
  if (face === 'legacy' && status === 'cancelled') known.isCancelSeen = true;
  if (status === 'cancelled') expect(known.isCancelSent).toBe(true);
  const asked = toAsked(answer);
  for (const key of before.acknowledged) {
    if (!asked.includes(key) && face !== 'legacy') known.gone.add(key);
  }
  if (!isTerminal) return;
  const said =
    face === 'legacy' ? status : JSON.stringify({ ...answer, _meta: null, next_step: null });
  expect(said).toBe(known.ended.get(face) ?? said);
  known.ended.set(face, said);
}

/** Keys of the questions that an answer shows; legacy tasks show none. */
export function toAsked(answer: Fields): readonly string[] {
  return Object.keys(answer['inputRequests'] ?? answer['input_requests'] ?? {});
}

// A clock that a test owns: a pause is over at once, is remembered, and moves the time.
import type { Timing } from '../../src/client/index.ts';

/** The clock, and what was asked of it. */
export interface FakeTiming extends Timing {
  /** Every pause, in milliseconds, in order. */
  readonly pauses: readonly number[];
  /** Lets time pass, as a call that takes long does. */
  readonly advance: (ms: number) => void;
}

/** Creates a clock at 0. `jitter` is what chance says, 0 to 1. */
export function createFakeTiming(jitter = 0): FakeTiming {
  const pauses: number[] = [];
  let time = 0;
  return {
    now: () => time,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      pauses.push(ms);
      time += ms;
    },
    random: () => jitter,
    pauses,
    advance: (ms) => {
      time += ms;
    },
  };
}

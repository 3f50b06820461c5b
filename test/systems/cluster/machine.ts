// Whether the machine had time. What comes late while every processor is busy says nothing about who was late.
import { cpus } from 'node:os';

/** A look at the processors, all along. Ends with its scope. */
export interface Machine extends Disposable {
  /** Share of the processors' time that no process used, 0 to 1, between two instants in milliseconds since the epoch. */
  idle(from: number, to: number): number;
}

/** Below this share of idle time, whatever waits may have waited for a processor. */
export const BUSY_BELOW = 0.1;

const EVERY_MS = 1000;

interface Look {
  readonly at: number;
  readonly idleMs: number;
  readonly allMs: number;
}

/** Looks from now on. */
export function watchMachine(): Machine {
  const looks = [look()];
  const timer = setInterval(() => looks.push(look()), EVERY_MS);
  return {
    idle: (from, to) => {
      const first = looks.findLast(({ at }) => at <= from) ?? looks[0]!;
      const last = looks.find(({ at }) => at >= to) ?? look();
      return last.allMs > first.allMs
        ? (last.idleMs - first.idleMs) / (last.allMs - first.allMs)
        : 1;
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}

function look(): Look {
  const times = cpus().map(({ times }) => times);
  return {
    at: Date.now(),
    idleMs: times.reduce((sum, { idle }) => sum + idle, 0),
    allMs: times.reduce(
      (sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq,
      0,
    ),
  };
}

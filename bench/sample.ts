// Taking samples so that a noisy machine hits both sides alike: the sides take turns, call by call or round by round.
import { toPercentiles } from '../test/systems/percentiles.ts';

/** Percentiles of durations, in milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly samples: number;
}

/** What a round of many callers gave. */
export interface Throughput extends Latency {
  readonly perSecond: number;
}

/** The things to be measured, by their names; one may be missing. */
type Sides<All> = { readonly [Name in keyof All]: () => Promise<unknown> };

/** What was measured of each. */
type Measures<All, Measured> = { readonly [Name in keyof All]: Measured };

/**
 * Calls the sides in turn, one call at a time, and times each. As many calls before them warm up: what is called directly runs in one
 * process with the load, and is compiled long before the code of a gateway that has just started.
 */
export async function takeTurns<All extends Sides<All>>(
  sides: All,
  calls: number,
): Promise<Measures<All, Latency>> {
  const entries = toEntries(sides);
  const durations = new Map(entries.map(([name]) => [name, [] as number[]]));
  for (let index = -calls; index < calls; index += 1) {
    for (const [name, call] of toOrder(entries, index + calls)) {
      const ms = await time(call);
      if (index >= 0) durations.get(name)?.push(ms); // negative ones warm up
    }
  }
  return mapValues(durations, toLatency);
}

/** Lets `callers` call each side without pause for `roundMs`, side after side, `rounds` times. */
export async function takeRounds<All extends Sides<All>>(
  sides: All,
  { callers, rounds, roundMs }: { callers: number; rounds: number; roundMs: number },
): Promise<Measures<All, Throughput>> {
  const entries = toEntries(sides);
  const taken = new Map(entries.map(([name]) => [name, { durations: [] as number[], ms: 0 }]));
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, call] of toOrder(entries, round + 1)) {
      const durations: number[] = [];
      const startedAt = performance.now();
      const until = startedAt + roundMs;
      const caller = async () => {
        while (performance.now() < until) durations.push(await time(call));
      };
      await Promise.all(Array.from({ length: callers }, caller));
      const side = taken.get(name);
      if (round < 0 || !side) continue; // the first round warms up
      side.durations.push(...durations);
      side.ms += performance.now() - startedAt;
    }
  }
  return mapValues(taken, ({ durations, ms }) => ({
    ...toLatency(durations),
    perSecond: round((durations.length * 1000) / ms),
  }));
}

/**
 * The sides as a turn or a round has them. What a side leaves behind slows the next one, so over the turns each comes after each other one
 * equally often. Source: Williams' design of 1949, balanced for what carries over; an odd number takes its mirror, too.
 */
function toOrder<Side>(sides: readonly Side[], turn: number): readonly Side[] {
  const count = sides.length;
  const order = sides.map((_, at) => {
    const place = at % 2 === 1 ? (at + 1) / 2 : count - at / 2;
    return sides[(place + turn) % count] as Side;
  });
  return count % 2 === 1 && turn % 2 === 1 ? order.toReversed() : order;
}

/** How long a call takes, in milliseconds. */
async function time(call: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await call();
  return performance.now() - startedAt;
}

/** Percentiles of some durations. */
export function toLatency(durations: readonly number[]): Latency {
  const { p50, p99 } = toPercentiles(durations);
  return { p50: p50 ?? NaN, p99: p99 ?? NaN, samples: durations.length };
}

/** To one decimal. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function toEntries<All>(sides: Sides<All>): [keyof All, () => Promise<unknown>][] {
  return Object.entries(sides) as [keyof All, () => Promise<unknown>][];
}

function mapValues<All, From, To>(
  map: ReadonlyMap<keyof All, From>,
  convert: (value: From) => To,
): Measures<All, To> {
  const entries = [...map].map(([name, value]) => [name, convert(value)]);
  return Object.fromEntries(entries) as Measures<All, To>;
}

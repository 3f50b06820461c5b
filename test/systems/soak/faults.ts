// What can fail during a run, and what is asked meanwhile, drawn from a seed.
import fc from 'fast-check';
import { WAYS, type WayName } from '../ways.ts';
import type { SoakErrand } from './errand.ts';

/** The operations, of test/systems/soak/longhaul.config.ts: those of the activity lane are `quick_`. */
export const KINDS = [
  ...['read', 'charge', 'render', 'confirm', 'refuse', 'store'],
  ...['quick_read', 'quick_charge', 'quick_refuse', 'quick_store'],
] as const;

/** What fails. */
export const FAULTS = [
  'gateway killed',
  'worker killed',
  'gateway replaced',
  'worker replaced',
  'worker frozen',
  'network cut',
  'answers lost',
  'Temporal killed',
] as const;

/** Something that fails once. */
export interface Fault {
  readonly kind: (typeof FAULTS)[number];
  /** How long it lasts, where it does not end by itself. */
  readonly seconds: number;
  /** Quiet time after it, in seconds. */
  readonly pauseSeconds: number;
}

const faults: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constantFrom(...FAULTS),
  seconds: fc.integer({ min: 1, max: 8 }),
  pauseSeconds: fc.integer({ min: 3, max: 12 }),
});

const errands: fc.Arbitrary<Omit<SoakErrand, 'id'>> = fc.record({
  kind: fc.constantFrom(...KINDS),
  seconds: fc.integer({ min: 1, max: 60 }).map((tenths) => tenths / 10),
  way: fc.constantFrom(...(Object.keys(WAYS) as WayName[])),
  meanwhile: fc.constantFrom('nothing', 'nothing', 'started again', 'cancelled'),
});

/** Faults without end: all kinds in an order of their own, then all in another. */
export function* drawFaults(seed: number): Generator<Fault, never> {
  const order = fc.shuffledSubarray([...FAULTS], { minLength: FAULTS.length });
  for (let round = seed; ; round += 1) {
    const [kinds, details] = draw(fc.tuple(order, fc.infiniteStream(faults)), round);
    for (const kind of kinds) yield { ...details.next().value, kind };
  }
}

/** Errands without end. */
export function* drawErrands(seed: number): Generator<SoakErrand, never> {
  const stream = draw(fc.infiniteStream(errands), seed);
  for (let count = 1; ; count += 1) yield { ...stream.next().value, id: `errand-${count}` };
}

function draw<Value>(arbitrary: fc.Arbitrary<Value>, seed: number): Value {
  return fc.sample(arbitrary, { seed, numRuns: 1 })[0]!;
}

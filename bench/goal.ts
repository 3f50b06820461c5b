// A goal that is held against what was reached, and the kinds that there are.
import { round, type Latency } from './sample.ts';

/** A goal and what was reached. */
export interface Goal {
  readonly name: string;
  readonly wanted: string;
  readonly reached: string;
  readonly met: boolean;
}

export function atMost(name: string, value: number, limit: number, unit: string): Goal {
  const reached = Math.round(value * 100) / 100;
  return {
    name,
    wanted: `at most ${limit} ${unit}`.trim(),
    reached: `${reached} ${unit}`.trim(),
    met: reached <= limit,
  };
}

/** Of something that is watched to what is not, medians. */
export function watched(what: string, observed: Latency, plain: Latency): Goal {
  return atMost(`${what} with metrics and traces to plain`, observed.p50 / plain.p50, 1.2, '×');
}

/** Medians; a tenth is the noise between two equal calls. */
export function ratio(name: string, ours: Latency, other: Latency): Goal {
  return atMost(name, ours.p50 / other.p50, 1.1, '×');
}

/** A share of what Temporal does when it is used directly, in percent. */
export function share(name: string, gateway: number, raw: number, least = 80): Goal {
  const percent = round((gateway * 100) / raw);
  return {
    name,
    wanted: `at least ${least} % of raw`,
    reached: `${percent} %`,
    met: percent >= least,
  };
}

export function atLeast(name: string, value: number, limit: number): Goal {
  const reached = Math.round(value * 100) / 100;
  return { name, wanted: `at least ${limit} ×`, reached: `${reached} ×`, met: reached >= limit };
}

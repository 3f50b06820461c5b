// Claims about a run, each with what stands against it; those about single tasks hold under every fault.
import type { Run } from './agent.ts';
import { toDeed } from './kinds.ts';

/** What must hold. */
export interface Claim {
  /** One sentence. */
  readonly claim: string;
  /** What breaks it. */
  readonly against: readonly string[];
  /** What would break it, had the machine found time for it. Default: none. */
  readonly late?: readonly string[];
}

/** How a claim came out. */
export type Verdict = 'holds' | 'late' | 'BROKEN';

/** Lines that are printed of what stands against one claim. */
const SHOWN = 5;

/** What must not run twice. */
const ONCE = ['charge', 'render'];

/** A claim about each of some runs. */
export function claim<One>(
  sentence: string,
  runs: readonly One[],
  holds: (run: One) => boolean,
): Claim {
  return {
    claim: sentence,
    against: runs.filter((run) => !holds(run)).map((run) => JSON.stringify(run)),
  };
}

/** The runs that do one of these, in either lane. */
export function of<One extends { readonly kind: string }>(
  runs: readonly One[],
  ...deeds: readonly string[]
): readonly One[] {
  return runs.filter(({ kind }) => deeds.includes(toDeed(kind)));
}

/** The claims about tasks that hold whatever fails, and that no slowness of the machine can break. */
export function toTaskClaims(
  runs: readonly Pick<Run, 'kind' | 'status' | 'code' | 'arrivals' | 'wrong' | 'wrongHints'>[],
): readonly Claim[] {
  return [
    claim(
      'every call was answered, lost, or refused with the advice to repeat it',
      runs,
      ({ wrong }) => wrong.length === 0,
    ),
    claim('every hint follows the formula', runs, ({ wrongHints }) => wrongHints.length === 0),
    claim('every task that was acknowledged has ended', runs, ({ status }) =>
      ['completed', 'failed'].includes(status),
    ),
    claim(
      'what must not run twice ran once, or not at all',
      of(runs, ...ONCE),
      ({ arrivals }) => arrivals <= 1,
    ),
    claim(
      'what completed did run',
      of(runs, 'read', ...ONCE),
      ({ status, arrivals }) => status !== 'completed' || arrivals >= 1,
    ),
    claim(
      'what says that nothing was run did not reach the upstream',
      runs,
      ({ code, arrivals }) => code !== 'QUEUE_TIMEOUT' || arrivals === 0,
    ),
    claim(
      'only what must not run again says that its outcome is unknown',
      runs,
      ({ kind, code }) => code !== 'OUTCOME_UNKNOWN' || ONCE.includes(toDeed(kind)),
    ),
  ];
}

/** `late` where nothing but a machine without time stands against it. */
export function toVerdict({ against, late = [] }: Claim): Verdict {
  if (against.length > 0) return 'BROKEN';
  return late.length > 0 ? 'late' : 'holds';
}

/** Prints how each claim came out; returns whether none is broken. */
export function printClaims(claims: readonly Claim[], print: (line: string) => void): boolean {
  for (const one of claims) {
    print(`  ${toVerdict(one).padEnd(6)}  ${one.claim}`);
    const lines = [...one.against, ...(one.late ?? [])];
    for (const line of lines.slice(0, SHOWN)) print(`            ${line}`);
    if (lines.length > SHOWN) print(`            and ${lines.length - SHOWN} more`);
  }
  return claims.every(({ against }) => against.length === 0);
}

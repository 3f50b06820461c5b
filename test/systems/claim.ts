// Claims about a run, each with what stands against it, and how they are told.

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

/** Lines that are told of what stands against one claim. */
const SHOWN = 5;

/** A claim about each of some runs. */
export function claim<Run>(
  sentence: string,
  runs: readonly Run[],
  holds: (run: Run) => boolean,
): Claim {
  return {
    claim: sentence,
    against: runs.filter((run) => !holds(run)).map((run) => JSON.stringify(run)),
  };
}

/** `late` where nothing but a machine without time stands against it. */
export function toVerdict({ against, late = [] }: Claim): Verdict {
  if (against.length > 0) return 'BROKEN';
  return late.length > 0 ? 'late' : 'holds';
}

/** Tells how each claim came out; returns whether none is broken. */
export function tellClaims(claims: readonly Claim[], print: (line: string) => void): boolean {
  for (const told of claims) {
    print(`  ${toVerdict(told).padEnd(6)}  ${told.claim}`);
    const lines = [...told.against, ...(told.late ?? [])];
    for (const line of lines.slice(0, SHOWN)) print(`            ${line}`);
    if (lines.length > SHOWN) print(`            and ${lines.length - SHOWN} more`);
  }
  return claims.every(({ against }) => against.length === 0);
}

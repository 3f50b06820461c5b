// The circuits of one operation in one process: one for all callers, and one for each principal that fails. What one caller
// asks for opens its own alone; the shared one opens when several fail. Invariant: an operator's order stands above all of them.
import { LRUCache } from 'lru-cache';
import {
  toPrincipalEntry,
  type BreakerEntries,
  type BreakerNews,
} from '../../contract/workflow/breaker.ts';
import type { BreakerPolicy } from '../../contract/workflow/policy.ts';
import { createCircuit, type Circuit, type Verdict } from './circuit.ts';
import { createTally } from './tally.ts';
import type { CircuitView } from './view.ts';

export interface Circuits {
  /** The one for all callers. */
  readonly view: CircuitView;
  /** What stands against a caller, named as in workflow ids: an open circuit, its own or the shared one. */
  viewOf(principal: string): { readonly view: CircuitView; readonly isOwn: boolean };
  /** How many callers have one of their own that is open. */
  readonly ownOpen: number;
  /** Runs an attempt of a principal as a circuit does. */
  run<Result>(
    principal: string,
    attempt: () => Promise<Result>,
    judge: (thrown: unknown) => Verdict,
    refuse: (retryAfterMs: number | null) => Error,
  ): Promise<Result>;
  /** Takes over what the fleet knows; returns what it has not heard yet. */
  hear(entries: BreakerEntries): readonly BreakerNews[];
}

/** Principals whose circuits are remembered, of each operation. */
const REMEMBERED = 1_000;

/** Creates them, closed. `isShared`: there is one principal alone, and the shared circuit is its own. */
export function createCircuits(
  operation: string,
  policy: BreakerPolicy,
  onNews: (news: BreakerNews) => void,
  isShared: boolean,
): Circuits {
  // The tally decides whether failures speak against the upstream, before the circuit gets one.
  const failures = isShared ? policy.failures : 1;
  const all = createCircuit(operation, { ...policy, failures }, onNews);
  const tally = createTally(policy.failures);
  const own = new LRUCache<string, Circuit>({
    max: REMEMBERED,
    memoMethod: (name) => createCircuit(name, policy, onNews),
  });
  const toName = (principal: string) => toPrincipalEntry(operation, principal);
  const isOrdered = () => all.view.by === 'operator';

  return {
    get view() {
      return all.view;
    },
    viewOf: (principal) => {
      const { view } = all;
      const mine = own.peek(toName(principal))?.view;
      const isOwn = view.state !== 'open' && !isOrdered() && mine?.state === 'open';
      return { view: isOwn ? mine : view, isOwn };
    },
    get ownOpen() {
      return [...own.values()].filter(({ view }) => view.state === 'open').length;
    },
    run: async (principal, attempt, judge, refuse) => {
      if (isShared || isOrdered()) return all.run(attempt, judge, refuse);
      const probes = all.view.state === 'half_open';
      const judgeAll = (thrown: unknown): Verdict => {
        const verdict = judge(thrown);
        if (verdict === 'well') tally.clear();
        if (verdict !== 'sick') return verdict;
        if (all.view.state === 'open') return 'nothing'; // begun before it opened
        return tally.fail(principal, probes) ? 'sick' : 'nothing';
      };
      const counted = async () => {
        const result = await attempt();
        tally.clear();
        return result;
      };
      return own
        .memo(toName(principal))
        .run(async () => all.run(counted, judgeAll, refuse), judge, refuse);
    },
    hear: (entries) => {
      const unheard = [all.hear(entries[operation])];
      const names = isShared
        ? []
        : Object.keys(entries).filter((name) => name.startsWith(toName('')));
      for (const name of new Set([...own.keys(), ...names])) {
        unheard.push(own.memo(name).hear(entries[name]));
      }
      return unheard.filter((news) => news !== null);
    },
  };
}

// The circuit breaker of one operation in one process: cockatiel counts and decides, and what others found out is laid over
// it. Invariants: an attempt that is refused here has not begun; while it is open, one attempt at a time finds out whether the
// upstream is well; and an attempt that says nothing about the upstream (a cancel, wrong parameters) changes nothing.
import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import type { BreakerEntry, BreakerNews } from '../../contract/breaker.ts';
import type { BreakerPolicy } from '../../contract/policy.ts';
import { cut } from '../../contract/text.ts';
import { pause } from '../calls/pause.ts';
import { toView, type CircuitView } from './view.ts';

/** What an attempt says about the upstream. */
export type Verdict = 'well' | 'sick' | 'nothing';

/** A circuit. */
export interface Circuit {
  /** Under what name the fleet knows it. */
  readonly operation: string;
  readonly view: CircuitView;
  /**
   * Runs an attempt, or calls `refuse` for what is to be thrown instead.
   *
   * @param judge what a failed attempt says about the upstream
   */
  run<Result>(
    attempt: () => Promise<Result>,
    judge: (thrown: unknown) => Verdict,
    refuse: (retryAfterMs: number | null) => Error,
  ): Promise<Result>;
  /**
   * Takes over what the fleet knows; `undefined` when it knows nothing against the operation.
   *
   * @returns what this process found out and the fleet has not heard yet
   */
  hear(entry: BreakerEntry | undefined): BreakerNews | null;
}

/** How soon an attempt that came while another one finds out is to come again, in milliseconds. */
const PROBED_MS = 1_000;

/** What is known of an opening. */
type Opening = Extract<BreakerEntry, { by: 'failures' }>;

/** Creates the circuit of an operation, closed. `onNews` is called when this process finds something out. */
export function createCircuit(
  operation: string,
  policy: BreakerPolicy,
  onNews: (news: BreakerNews) => void,
): Circuit {
  let opening: Opening | null = null;
  let ordered: Extract<BreakerEntry, { by: 'operator' }> | null = null;
  /** What the fleet has not confirmed yet. */
  let unheard: BreakerNews | null = null;
  /** What the attempt that finds out has found; only one at a time does. */
  let found: Verdict = 'nothing';
  let breaker = create(null);

  function tell(news: BreakerNews): void {
    unheard = news;
    onNews(news);
  }
  function adopt(next: Opening | null): void {
    opening = next;
    breaker = create(next);
  }
  function create(since: Opening | null): CircuitBreakerPolicy {
    const created = createBreaker(policy, since);
    created.onBreak((reason) => {
      if (breaker !== created) return; // what happened meanwhile is newer than this attempt
      const what = { openedAt: Date.now(), openMs: policy.openMs, reason: toReason(reason) };
      opening = { by: 'failures', ...what };
      tell({ event: 'opened', operation, ...what });
    });
    created.onReset(() => {
      if (breaker !== created || !opening) return;
      const { openedAt } = opening;
      if (found === 'nothing') {
        adopt(opening);
        return;
      }
      opening = null;
      tell({ event: 'closed', operation, openedAt });
    });
    return created;
  }

  return {
    operation,
    get view() {
      return toView(ordered ?? opening);
    },
    run: async <Result>(
      attempt: () => Promise<Result>,
      judge: (thrown: unknown) => Verdict,
      refuse: (retryAfterMs: number | null) => Error,
    ) => {
      const view = toView(ordered ?? opening);
      if (view.state === 'closed' && view.by === 'operator') return attempt();
      if (view.state === 'open') throw refuse(view.until === null ? null : view.until - Date.now());
      if (breaker.state === CircuitState.HalfOpen) throw refuse(PROBED_MS);
      const probes = view.state === 'half_open';
      const begun: Promise<Result>[] = [];
      try {
        await breaker.execute(async () => {
          const running = attempt();
          begun.push(running);
          const verdict = await toVerdict(running, judge, probes ? policy.openMs : null);
          if (probes) found = verdict.is;
          if (verdict.is !== 'well') throw new Judged(verdict);
        });
      } catch (thrown) {
        if (begun.length > 0 && !(thrown instanceof Judged)) throw thrown;
      }
      const [running] = begun;
      if (!running) throw refuse(PROBED_MS); // it opened this very moment
      return running;
    },
    hear: (entry) => {
      if (entry?.by === 'operator') {
        if (!ordered) adopt(null);
        ordered = entry;
        unheard = null;
        return null;
      }
      if (!ordered && unheard && !isHeard(unheard, entry)) return unheard;
      if (ordered || entry?.openedAt !== opening?.openedAt) adopt(entry ?? null);
      ordered = null;
      unheard = null;
      return null;
    },
  };
}

/** What an attempt says, and how it failed. */
interface Judgement {
  readonly is: Verdict;
  readonly thrown?: unknown;
}

/** The judgement on an attempt; one that has not failed for `limitMs` milliseconds counts as well. */
async function toVerdict(
  running: Promise<unknown>,
  judge: (thrown: unknown) => Verdict,
  limitMs: number | null,
): Promise<Judgement> {
  const ended = running.then(
    (): Judgement => ({ is: 'well' }),
    (thrown: unknown): Judgement => ({ is: judge(thrown), thrown }),
  );
  if (limitMs === null) return ended;
  const over = new AbortController();
  const limit = pause(limitMs, over.signal).then((): Judgement => ({ is: 'well' }));
  try {
    return await Promise.race([ended, limit]);
  } finally {
    over.abort();
  }
}

/** An attempt that is not well, on its way through the breaker. */
class Judged extends Error {
  readonly verdict: Verdict;
  constructor({ is, thrown }: Judgement) {
    super(thrown instanceof Error ? thrown.message : String(thrown));
    this.verdict = is;
  }
}

const REASON_CHARACTERS = 300;

function toReason(reason: unknown): string {
  const { error } = reason as { readonly error?: unknown };
  return error instanceof Error ? cut(error.message, REASON_CHARACTERS) : '';
}

/** Whether the fleet has heard of it: it shows this opening or a later one, or no longer the one that was closed. */
function isHeard(news: BreakerNews, entry: Opening | undefined): boolean {
  switch (news.event) {
    case 'opened':
      return entry !== undefined && entry.openedAt >= news.openedAt;
    case 'closed':
      return entry === undefined || entry.openedAt > news.openedAt;
    case 'set':
      return true;
  }
}

/** A breaker that goes on from an opening: attempts may begin when its time is over. */
function createBreaker(policy: BreakerPolicy, opening: Opening | null): CircuitBreakerPolicy {
  const ownState = { value: CircuitState.Open, openedAt: opening?.openedAt ?? 0, attemptNo: 1 };
  return circuitBreaker(
    handleWhen((thrown) => thrown instanceof Judged && thrown.verdict === 'sick'),
    {
      halfOpenAfter: opening?.openMs ?? policy.openMs,
      breaker: new ConsecutiveBreaker(policy.failures),
      ...(opening && { initialState: { ownState, breakerState: 0 } }),
    },
  );
}

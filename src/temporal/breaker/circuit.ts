// The circuit breaker of one operation in one process: it counts failures, and takes over what other processes found out.
// Invariants: an attempt that is refused here has not begun; while it is open, one attempt at a time finds out whether the
// upstream is well; and an attempt that says nothing about the upstream (a cancel, wrong parameters) changes nothing.
import type { BreakerEntry, BreakerNews } from '../../contract/workflow/breaker.ts';
import type { BreakerPolicy } from '../../contract/workflow/policy.ts';
import { cut, messageOf } from '../../contract/text.ts';
import { pause } from '../../contract/pause.ts';
import { toView, type CircuitView } from './view.ts';

/** What an attempt says about the upstream. */
export type Verdict = 'well' | 'sick' | 'nothing';

export interface Circuit {
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
   * @returns what this process found out and the fleet does not show yet
   */
  hear(entry: BreakerEntry | undefined): BreakerNews | null;
}

/** How soon an attempt that came while another one finds out is to come again, in milliseconds. */
const PROBED_MS = 1_000;

const REASON_CHARACTERS = 300;

type Opening = Extract<BreakerEntry, { by: 'failures' }>;

/**
 * What the attempts of this process and the reports of others made of it. Each change of state makes a new one: an attempt
 * that began in an earlier state changes nothing.
 */
type State =
  /** `failures`: how many in a row. */
  | { readonly opening: null; failures: number }
  /** Half open once its time is over. `probing`: an attempt is finding out whether the upstream is well. */
  | { readonly opening: Opening; probing: boolean };

/** Creates the circuit of an operation, closed. `onNews` is called when this process finds something out. */
export function createCircuit(
  operation: string,
  policy: BreakerPolicy,
  onNews: (news: BreakerNews) => void,
): Circuit {
  let state: State = toState(null);
  let ordered: Extract<BreakerEntry, { by: 'operator' }> | null = null;
  /** What the fleet does not show yet. */
  let unheard: BreakerNews | null = null;

  const report = (news: BreakerNews) => {
    unheard = news;
    onNews(news);
  };
  const open = (thrown: unknown) => {
    const reason = cut(messageOf(thrown), REASON_CHARACTERS);
    const what = { openedAt: Date.now(), openMs: policy.openMs, reason };
    state = toState({ by: 'failures', ...what });
    report({ event: 'opened', operation, ...what });
  };
  const settle = (began: State, { verdict, thrown }: Judgement) => {
    if (began !== state) return;
    if (began.opening) {
      began.probing = false;
      if (verdict === 'sick') open(thrown);
      if (verdict !== 'well') return;
      state = toState(null);
      report({ event: 'closed', operation, openedAt: began.opening.openedAt });
    } else if (verdict === 'well') began.failures = 0;
    else if (verdict === 'sick') {
      began.failures += 1;
      if (began.failures >= policy.failures) open(thrown);
    }
  };
  const view = () => toView(ordered ?? state.opening);

  return {
    get view() {
      return view();
    },
    run: async (attempt, judge, refuse) => {
      const seen = view();
      if (seen.by === 'operator' && seen.state === 'closed') return attempt();
      if (seen.state === 'open') throw refuse(seen.until === null ? null : seen.until - Date.now());
      const began = state;
      if (began.opening) {
        if (began.probing) throw refuse(PROBED_MS);
        began.probing = true;
      }
      const running = attempt();
      settle(began, await toJudgement(running, judge, began.opening ? policy.openMs : null));
      return running;
    },
    hear: (entry) => {
      if (entry?.by === 'operator') {
        if (!ordered) state = toState(null);
        ordered = entry;
        unheard = null;
        return null;
      }
      if (!ordered && unheard && !isHeard(unheard, entry)) return unheard;
      if (ordered || entry?.openedAt !== state.opening?.openedAt) state = toState(entry ?? null);
      ordered = null;
      unheard = null;
      return null;
    },
  };
}

function toState(opening: Opening | null): State {
  return opening ? { opening, probing: false } : { opening, failures: 0 };
}

interface Judgement {
  readonly verdict: Verdict;
  readonly thrown?: unknown;
}

/** The judgement on an attempt; one that has not failed for `limitMs` milliseconds counts as well. */
async function toJudgement(
  running: Promise<unknown>,
  judge: (thrown: unknown) => Verdict,
  limitMs: number | null,
): Promise<Judgement> {
  const ended = running.then(
    (): Judgement => ({ verdict: 'well' }),
    (thrown: unknown): Judgement => ({ verdict: judge(thrown), thrown }),
  );
  if (limitMs === null) return ended;
  const over = new AbortController();
  const limit = pause(limitMs, over.signal).then((): Judgement => ({ verdict: 'well' }));
  try {
    return await Promise.race([ended, limit]);
  } finally {
    over.abort();
  }
}

/** Whether the fleet shows it: this opening or a later one, or no longer the one that was closed. */
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

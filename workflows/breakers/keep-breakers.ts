// Keeps the entries of a fleet's circuit breakers in its memo, where gateways read them without a worker. It ends when there is
// nothing to keep, and the next report starts it again. Invariant: the memo shows the entries after all reports so far.
import {
  condition,
  defineSignal,
  makeContinueAsNewFunc,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import {
  applyNews,
  BREAKERS_MEMO,
  BREAKERS_SIGNAL,
  forgetOld,
  parseNews,
  type BreakerEntries,
} from '../../src/contract/workflow/breaker.ts';

/** Events after which the workflow goes on in a run of its own: a replay stays short. */
const MANY_EVENTS = 1_000;

/** How often it removes entries that are too old. */
const CLEANING = '1h';

export async function keepBreakers(before: BreakerEntries = {}): Promise<void> {
  let entries = before;
  let heard = Object.keys(before).length > 0;
  const show = (next: BreakerEntries) => {
    if (next === entries) return;
    entries = next;
    upsertMemo({ [BREAKERS_MEMO]: { ...entries } });
  };
  setHandler(defineSignal<[unknown]>(BREAKERS_SIGNAL), (signalled) => {
    heard = true;
    const news = parseNews(signalled);
    if (news) show(applyNews(entries, news, Date.now()));
  });
  const isOver = () => heard && Object.keys(entries).length === 0;
  while (!isOver()) {
    if (workflowInfo().historyLength > MANY_EVENTS) {
      const memo = { [BREAKERS_MEMO]: { ...entries } };
      await makeContinueAsNewFunc<typeof keepBreakers>({ memo })(entries);
    }
    const waking = () => isOver() || workflowInfo().historyLength > MANY_EVENTS;
    if (!(await condition(waking, CLEANING))) {
      const kept = forgetOld(entries, Date.now());
      if (Object.keys(kept).length < Object.keys(entries).length) show(kept);
      heard = true;
    }
  }
}

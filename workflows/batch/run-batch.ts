// A batch: its items, so many at once. B1: an item is started once, and one that runs is followed to its end, also when the batch is
// to end before it. B2: a run of the batch whose history has grown waits for its items and goes on in another, since only the run
// that started an item learns of its end.
import {
  CancellationScope,
  CancelledFailure,
  condition,
  makeContinueAsNewFunc,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { BatchInput } from '../../src/contract/workflow/batch.ts';
import { createTaskError, type ErrorCode } from '../../src/contract/errors.ts';
import type { Json } from '../../src/contract/json.ts';
import type { RunMemo } from '../../src/contract/workflow/memo.ts';
import { toRunTimeoutMs } from '../../src/contract/workflow/run-timeout.ts';
import type { TaskInput, TaskOutput } from '../../src/contract/workflow/task-input.ts';
import { toWorkflowFailure } from '../task/failure.ts';
import { NOTHING_BEFORE } from '../../src/contract/workflow/next-step.ts';
import type { Task } from '../task/task.ts';
import { createRunningItems } from './item.ts';
import { createTally, type Tally } from './tally.ts';

/** Events, and bytes, after which a run starts no more. An item has nine events at most; its result stands in the history. */
const MANY_EVENTS = 9_000;
const MANY_BYTES = 10 * 1024 * 1024;

/** How long before its total is over a batch stops its items, in milliseconds; a quarter of short totals. */
const STOP_BEFORE_MS = 30_000;

/** Runs a batch. It completes when every item has ended, whether well or not. */
export async function runBatch(task: Task): Promise<TaskOutput> {
  const { input, clock, statusLines } = task;
  const { batch, policy } = input;
  if (!batch) throw toWorkflowFailure(createTaskError('INTERNAL', 'a batch of nothing'), null);
  const { totalMs } = policy;
  const tally = createTally(batch);
  const running = createRunningItems(batch, input.principal);
  const waiting = batch.items.filter(({ name }) => !tally.ended[name]);
  const phase = { mayStart: true, isOver: false };
  const show = createProgress(tally);

  const follow = async (): Promise<void> => {
    while (phase.mayStart && !hasGrown()) {
      const item = waiting.shift();
      if (!item) return;
      const end = await running.run(item);
      tally.note(item.name, end);
      if (end.status === 'failed') {
        statusLines.add(`\`${item.name}\` failed: **${end.code}** ${end.message}`);
        if (batch.stopsOnError) phase.mayStart = false;
      }
      show();
    }
  };

  const work = Promise.all(Array.from({ length: batch.concurrency }, follow)).finally(() => {
    phase.isOver = true;
  });
  work.catch(() => undefined); // awaited where it is over
  const leftMs = clock.left(totalMs);
  const inTime = condition(
    () => phase.isOver,
    Math.max(1, leftMs - Math.min(STOP_BEFORE_MS, totalMs / 4)),
  );
  const why = await inTime.then((over) => (over ? null : 'DEADLINE_EXCEEDED'), toCancel);
  if (why !== null) {
    phase.mayStart = false;
    running.stop();
    statusLines.add(`Stops its items: ${why}`);
    await CancellationScope.nonCancellable(async () =>
      condition(() => phase.isOver, Math.max(1, clock.left(totalMs))),
    );
    if (phase.isOver) await work;
    throw toFailure(why, tally, waiting.length);
  }
  await work;
  if (phase.mayStart && waiting.length > 0) await goOn(task, { ...batch, ended: tally.ended });
  return { result: tally.toResult(), attempt: 1 };
}

type Reason = Extract<ErrorCode, 'CANCELLED' | 'DEADLINE_EXCEEDED'>;

function toCancel(failure: unknown): Reason {
  if (failure instanceof CancelledFailure) return 'CANCELLED';
  throw failure;
}

const SAID: Readonly<Record<Reason, string>> = {
  CANCELLED: 'the batch was cancelled on request',
  DEADLINE_EXCEEDED: 'the total time of the batch ran out',
};

/** Failures in the details of a batch that failed itself. */
const SHOWN_FAILURES = 20;

/** The end of a batch that did not run all of its items to their end. */
function toFailure(reason: Reason, tally: Tally, notStarted: number): Error {
  const { done, failed, total } = tally.counts;
  const leftOver = total - done - failed - notStarted;
  const late = leftOver > 0 ? `, and ${leftOver} had been asked to stop and still ran` : '';
  const message = `${SAID[reason]}: of ${total} items ${done} had completed, ${failed} had failed or were stopped, ${notStarted} were not started${late}`;
  const { failures } = tally.toResult();
  const details = {
    ...tally.counts,
    not_started: notStarted,
    ...(leftOver > 0 && { still_running: leftOver }),
    failures: (failures as Json[]).slice(0, SHOWN_FAILURES),
  };
  return toWorkflowFailure(createTaskError(reason, message, { details }), null);
}

/** Writes how far it is, where that has changed by a hundredth: each time is an event of the history. */
function createProgress(tally: Tally): () => void {
  let shown = -1;
  const show = (): void => {
    const { done, failed, total } = tally.counts;
    const hundredth = Math.floor(((done + failed) * 100) / total);
    if (hundredth === shown) return;
    shown = hundredth;
    upsertMemo({ batch: tally.counts } satisfies RunMemo);
  };
  show();
  return show;
}

function hasGrown(): boolean {
  const { historyLength, historySize } = workflowInfo();
  return historyLength > MANY_EVENTS || historySize > MANY_BYTES;
}

async function goOn({ input, clock }: Task, batch: BatchInput): Promise<never> {
  const { spentMs, waitedMs } = clock;
  const next = makeContinueAsNewFunc<(next: TaskInput) => Promise<unknown>>({
    workflowRunTimeout: toRunTimeoutMs(
      clock.left(input.policy.totalMs),
      0,
      input.callbacks !== undefined,
    ),
    memo: { ...workflowInfo().memo },
  });
  const before = { ...(input.before ?? NOTHING_BEFORE), spentMs, waitedMs };
  return next({ ...input, batch, before });
}

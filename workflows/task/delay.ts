// What an operation waits before it does anything: a timer of Temporal's, which holds no worker slot, survives every worker
// and ends with a cancel at once. Invariant: how far it is can be read from the memo, with describe.
import { sleep, upsertMemo } from '@temporalio/workflow';
import { createTaskError } from '../../src/contract/errors.ts';
import type { RunMemo } from '../../src/contract/workflow/memo.ts';
import type { Task } from './task.ts';
import { toWorkflowFailure } from './failure.ts';

/**
 * Waits before the first attempt; a run in which a task goes on has that behind it. Rejects with a `CancelledFailure`, and with
 * `DEADLINE_EXCEEDED` where the total time is over sooner.
 */
export async function delayFirst({ input, clock, statusLines }: Task): Promise<void> {
  const { delayMs = 0, policy, before } = input;
  if (delayMs === 0 || before) return;
  const leftMs = Math.max(0, clock.left(policy.totalMs));
  const from = Date.now();
  upsertMemo({ delay: { from, until: from + delayMs } } satisfies RunMemo);
  statusLines.add(`Waits ${delayMs / 1000} s before its first attempt`);
  await sleep(Math.min(delayMs, leftMs));
  if (delayMs < leftMs) return;
  const message = `the total time of the task ran out while it waited ${delayMs / 1000} s before its first attempt; nothing was run`;
  throw toWorkflowFailure(createTaskError('DEADLINE_EXCEEDED', message), null);
}

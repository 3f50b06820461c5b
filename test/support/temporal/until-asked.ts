// Waiting for a task to ask, by what a gateway would see of it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { InputRequests } from '../../../src/contract/input.ts';
import { parseInputMemo } from '../../../src/contract/workflow/memo.ts';
import type { TestTask } from './test-task.ts';

/** What a task asks, as soon as it asks what is wanted; fails loudly when it never does. */
export async function untilAsked(
  { handle }: TestTask,
  isWanted: (requests: InputRequests) => boolean = () => true,
): Promise<InputRequests> {
  const latest = handle.client.getHandle(handle.workflowId);
  for (let reads = 0; reads < 3_000; reads += 1) {
    const { memo } = await latest.describe();
    const requests = parseInputMemo(memo ?? {})?.requests;
    if (requests && isWanted(requests)) return requests;
    await sleep(20);
  }
  throw new Error('the task did not ask within a minute');
}

// Reads what a fleet knows of its breakers, and reports to it. One call each.
import type { Client } from '@temporalio/client';
import {
  BREAKERS_MEMO,
  BREAKERS_SIGNAL,
  BREAKERS_TYPE,
  parseEntries,
  toBreakersId,
  type BreakerEntries,
  type BreakerNews,
} from '../../contract/workflow/breaker.ts';
import { createDescribe } from '../lanes/workflow/execution.ts';
import { toReadError } from '../calls/failure.ts';
import { withLimit } from '../calls/call-limit.ts';

/** Where a fleet keeps its entries. */
export interface Fleet {
  readonly client: Client;
  readonly namespace: string;
  /** Processes that share it share their breakers. */
  readonly taskQueue: string;
}

const CALL_MS = 5_000;

/** Makes what reads the entries. Rejects with `BACKEND_UNAVAILABLE`. */
export function createRead({ client, namespace, taskQueue }: Fleet): () => Promise<BreakerEntries> {
  const describe = createDescribe(client, namespace, CALL_MS);
  return async () => {
    const execution = await describe(toBreakersId(taskQueue));
    // One that has ended had nothing more to keep, or was ended by an operator.
    return execution?.status === 'running' ? parseEntries(execution.memo[BREAKERS_MEMO]) : {};
  };
}

/** Reports to the fleet; all see it as soon as a worker has taken it in. Rejects with `BACKEND_UNAVAILABLE`. */
export async function reportToFleet(
  { client, taskQueue }: Fleet,
  news: BreakerNews,
): Promise<void> {
  try {
    await withLimit(client.connection, CALL_MS, async () =>
      client.workflow.signalWithStart(BREAKERS_TYPE, {
        workflowId: toBreakersId(taskQueue),
        taskQueue,
        signal: BREAKERS_SIGNAL,
        signalArgs: [news],
        staticSummary: 'what stands against operations',
      }),
    );
  } catch (failure) {
    throw toReadError(failure);
  }
}

// `longhaul callbacks`: deliveries of the ends of tasks, and how often each was tried.
import { toInstant } from '../tasks/answer.ts';
import {
  createDeliveryLog,
  type Delivery,
  type DeliveryPage,
} from '../temporal/operator/deliveries.ts';
import { createReplay } from '../temporal/operator/replay-callbacks.ts';
import { EXIT } from '../assembly/context.ts';
import type { Flags } from '../assembly/flags.ts';
import { toPageText } from './text/task-text.ts';
import { onTasks } from './tasks.ts';

/** How long a call may take, in milliseconds. */
const CALL_MS = 10_000;

export interface CallbackListFlags extends Flags {
  readonly task?: string;
  readonly limit: number;
  readonly cursor?: string;
}

export const listCallbacks = onTasks(
  async ({ connected, caller, print }, { task, limit, cursor }: CallbackListFlags) => {
    const list = createDeliveryLog({ ...connected, limitMs: CALL_MS });
    const page = await list(caller.principal, { taskRef: task, limit, cursor });
    const callbacks = page.deliveries.map(toDeliveryAnswer);
    print({ callbacks, next_cursor: page.nextCursor }, () => toDeliveryTable(page));
    return EXIT.ok;
  },
);

export const replayCallbacks = onTasks<[string, Flags]>(
  async ({ connected, caller, tasks, print }, taskRef) => {
    const replay = createReplay(connected.client, connected.namespace, tasks, CALL_MS);
    const sent = await replay(caller.principal, taskRef);
    print({ task_ref: taskRef, callbacks: sent }, () => {
      const what = sent === 1 ? 'The callback is' : `${sent} callbacks are`;
      return `${what} on the way; see \`longhaul callbacks list --task ${taskRef}\`.`;
    });
    return EXIT.ok;
  },
);

function toDeliveryAnswer(delivery: Delivery) {
  const { taskRef, operation, receiver, state, attempts, last, lastAt, nextAt } = delivery;
  return {
    task_ref: taskRef,
    operation_type: operation,
    receiver,
    state,
    attempts,
    last,
    last_at: toInstant(lastAt),
    next_at: nextAt === null ? null : toInstant(nextAt),
    started_at: toInstant(delivery.startedAt),
  };
}

function toDeliveryTable({ deliveries, nextCursor }: DeliveryPage): string {
  if (deliveries.length === 0) return 'No callbacks.';
  const rows = deliveries
    .map(toDeliveryAnswer)
    .map((delivery) => [
      ...[delivery.task_ref, delivery.state, String(delivery.attempts), delivery.last],
      ...[delivery.last_at, delivery.next_at ?? '-', delivery.receiver],
    ]);
  const head = ['TASK_REF', 'STATE', 'ATTEMPTS', 'LAST', 'AT', 'NEXT', 'RECEIVER'];
  return toPageText(head, rows, nextCursor);
}

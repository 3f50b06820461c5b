// Callbacks, as gateway, workflow and worker know them: one delivery workflow for each callback of a task, started when the
// task has its outcome. Gateway and worker differ in age: fields are only ever added, and a new one is optional.

/** The workflow type of every delivery. Tasks have another, so no list of tasks shows one. */
export const DELIVERY_WORKFLOW_TYPE = 'deliverCallback';

/** The signal that has a delivery made at once, whatever its schedule says. */
export const SEND_NOW_SIGNAL = 'sendNow';

/** The activity types of a delivery. No operation's activity can have these names. */
export const DELIVERY_ACTIVITIES = { prepare: 'callback.prepare', send: 'callback.send' } as const;

export const PREPARE_ACTIVITY_ID = 'prepare';

/** The failure type of a delivery whose receiver wants no more of them. */
export const CALLBACK_GONE = 'CALLBACK_GONE';

/**
 * The task queue of those activities: one of their own, so that a receiver that does not answer takes no room from attempts.
 * No operation has this name.
 *
 * @param taskQueue the one that all share
 */
export function toDeliveryQueue(taskQueue: string): string {
  return `${taskQueue}/longhaul.callbacks`;
}

/** Room behind the total of a task with callbacks for starting their deliveries, in milliseconds. */
export const DELIVERY_START_MS = 10_000;

export interface DeliveredTask {
  readonly workflowId: string;
  /** Of the first run: together with the id, the task_ref. */
  readonly runId: string;
  readonly principal: string;
  readonly operation: string;
}

export interface DeliveryInput {
  readonly task: DeliveredTask;
  readonly url: string;
}

/** What is sent: the same in every attempt. */
export interface PreparedCallback {
  /** The header `webhook-id`: the same for every attempt and every callback of a task. */
  readonly id: string;
  readonly body: string;
}

export interface SendInput extends DeliveryInput, PreparedCallback {
  /** An operator asked for it: a receiver that was gone is tried again. */
  readonly requested: boolean;
}

export type SendEnd =
  | { readonly kind: 'delivered'; readonly status: number }
  /** The receiver wants no more of them. */
  | { readonly kind: 'gone'; readonly status: number }
  | {
      readonly kind: 'failed';
      /** One sentence, without secrets. */
      readonly reason: string;
      /** When the receiver asked to be tried again, in milliseconds. */
      readonly retryAfterMs?: number;
    };

export interface DeliveryMemo extends DeliveryInput {
  /** Absent before the first attempt has ended. */
  readonly delivery?: DeliveryState;
}

/** How far a delivery has come. Instants: epoch milliseconds. */
export interface DeliveryState {
  readonly state: 'retrying' | 'delivered' | 'gone' | 'given_up';
  readonly attempts: number;
  /** How the last attempt ended, in a few words. */
  readonly last: string;
  readonly lastAt: number;
  /** When the next attempt is due; `null` after the last. */
  readonly nextAt: number | null;
}

/** The workflow id of a delivery: the task's, its first run, and the number of the callback from 0. Two colons: no task has it. */
export function toDeliveryId(
  { workflowId, runId }: Pick<DeliveredTask, 'workflowId' | 'runId'>,
  index: number,
): string {
  return `${workflowId}:${runId}:${index}`;
}

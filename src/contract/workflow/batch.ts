// A batch: one task that runs an operation once for each of many parameters, each time as a task of its own. What gateways and
// workflows agree on beside what every task has.
import type { OperationKind } from './activity-id.ts';
import type { ErrorCode } from '../errors.ts';
import type { Asked } from '../input.ts';
import type { Json } from '../json.ts';
import type { Policy } from './policy.ts';
import type { ForeignActivity } from './target.ts';

export const BATCH = 'batch';

export const MAX_ITEMS = 1_000;

/** Most items that run at once. Each is open, and Temporal allows 2,000 open children. */
export const MAX_ITEMS_AT_ONCE = 100;

export interface BatchInput {
  /** What all items have in common, as in the input of a task of their own. */
  readonly common: {
    readonly operation: string;
    readonly kind: OperationKind;
    readonly idempotent: boolean;
    readonly policy: Policy;
    readonly callbacks?: readonly string[];
  };
  readonly items: readonly BatchItem[];
  readonly concurrency: number;
  /** Whether nothing more is started after an item has failed. */
  readonly stopsOnError: boolean;
  /** Whether the memo of an item is written into one field, since it is encrypted. */
  readonly packsMemo: boolean;
  /** How items ended in earlier runs of the batch, by their name; absent in its first. */
  readonly ended?: Readonly<Record<string, ItemEnd>>;
}

export interface BatchItem {
  /** As the caller named it, or its number, counted from 0. */
  readonly name: string;
  /** The idempotency key of its task. */
  readonly key: string;
  readonly workflowId: string;
  readonly parameters: Json;
  /** As in the input of a task. */
  readonly idempotencyKey: string;
  readonly fingerprint: string;
  readonly callbackUrl?: string;
  readonly activity?: ForeignActivity;
  readonly delayMs?: number;
  readonly asked?: Asked;
}

export type ItemEnd =
  | {
      readonly status: 'completed';
      readonly taskRef: string;
      /** Absent where it did not fit beside the others. */
      readonly result?: Json;
    }
  | {
      readonly status: 'failed';
      /** `null` where there is no task of its own. */
      readonly taskRef: string | null;
      readonly code: ErrorCode;
      readonly message: string;
    };

export interface BatchCounts {
  /** Items that completed. */
  readonly done: number;
  readonly failed: number;
  readonly total: number;
}

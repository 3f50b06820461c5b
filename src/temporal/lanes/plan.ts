// A checked request, about to be sent.
import type { BatchInput } from '../../contract/workflow/batch.ts';
import type { Asked } from '../../contract/input.ts';
import type { TaskMemo } from '../../contract/workflow/memo.ts';
import type { Policy } from '../../contract/workflow/policy.ts';
import type { Operation } from '../../operations/operation.ts';

export interface Plan {
  readonly operation: Operation;
  readonly principal: string;
  readonly policy: Policy;
  readonly keyPart: string;
  /** The id of the workflow or activity. */
  readonly workflowId: string;
  /** Where the end is to be delivered; none twice. */
  readonly callbacks: readonly string[];
  /** What it runs, where it is a batch. */
  readonly batch: BatchInput | null;
  /** What is to be answered before the first attempt, or is answered already; `null` when nothing is asked. */
  readonly asked: Asked | null;
  /** How long it waits before its first attempt, in milliseconds. */
  readonly delayMs: number;
  /** How long after its start it begins, in milliseconds. */
  readonly startAfterMs: number;
  readonly memo: TaskMemo;
}

// One item of a batch: a child workflow that is a task like any other. Invariants: its start is never given up half-way, so the
// batch knows of every task that it has; a batch that ends before it, however it does, has Temporal ask it to stop.
import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  ChildWorkflowFailure,
  ParentClosePolicy,
  startChild,
  TerminatedFailure,
  TimeoutFailure,
  workflowInfo,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import type { BatchInput, BatchItem, ItemEnd } from '../../src/contract/workflow/batch.ts';
import { isErrorCode, type ErrorCode } from '../../src/contract/errors.ts';
import { INPUT_MS } from '../../src/contract/input.ts';
import { toMemoFields, type RunMemo } from '../../src/contract/workflow/memo.ts';
import { toRunTimeoutMs } from '../../src/contract/workflow/run-timeout.ts';
import { SEARCH_ATTRIBUTE } from '../../src/contract/workflow/search-attributes.ts';
import {
  WORKFLOW_TYPE,
  type TaskInput,
  type TaskOutput,
} from '../../src/contract/workflow/task-input.ts';
import { toWorkflowTaskRef } from '../../src/contract/task-ref.ts';
import { cut } from '../../src/contract/text.ts';

/** Longest message of a failed item in the result of its batch, in characters; its own record has all of it. */
const MESSAGE_CHARACTERS = 300;

export interface RunningItems {
  /** Runs an item to its end; never rejects for what becomes of the item. */
  run(item: BatchItem): Promise<ItemEnd>;
  /** Asks all items to stop that run, and each that starts from now on. */
  stop(): void;
}

/** @param principal whose tasks they are */
export function createRunningItems(batch: BatchInput, principal: string): RunningItems {
  const scopes = new Set<CancellationScope>();
  let isStopped = false;

  const follow = async (item: BatchItem, scope: CancellationScope): Promise<ItemEnd> => {
    let taskRef: string | null = null;
    try {
      const child = await startChild(WORKFLOW_TYPE, toOptions(batch, item, principal));
      taskRef = toWorkflowTaskRef(item.workflowId, child.firstExecutionRunId);
      scopes.add(scope);
      if (isStopped) scope.cancel();
      const { result } = (await child.result()) as TaskOutput;
      return { status: 'completed', taskRef, result };
    } catch (failure) {
      return toEnd(failure, taskRef);
    } finally {
      scopes.delete(scope);
    }
  };

  return {
    run: async (item) =>
      CancellationScope.nonCancellable(async () => {
        const scope = new CancellationScope();
        return scope.run(async () => follow(item, scope));
      }),
    stop: () => {
      isStopped = true;
      for (const scope of scopes) scope.cancel();
    },
  };
}

function toOptions(batch: BatchInput, item: BatchItem, principal: string) {
  const { common, packsMemo } = batch;
  const { operation, policy, callbacks } = common;
  const { key, workflowId, fingerprint, parameters, idempotencyKey, activity, delayMs, asked } =
    item;
  const createdAt = Date.now();
  const memo = { operation, key, fingerprint, createdAt, totalMs: policy.totalMs, waitedMs: 0 };
  const asks = Object.keys(asked?.requests ?? {}).length > 0;
  const inputMs = asks ? (policy.inputMs ?? INPUT_MS) : 0;
  const input: TaskInput = {
    ...common,
    parameters,
    idempotencyKey,
    workflowId,
    principal,
    ...(item.callbackUrl !== undefined && { callbackUrl: item.callbackUrl }),
    ...(activity && { activity }),
    ...(delayMs !== undefined && { delayMs }),
    ...(asked && { asked }),
  };
  return {
    workflowId,
    args: [input],
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    workflowRunTimeout: toRunTimeoutMs(policy.totalMs, inputMs, callbacks !== undefined),
    memo: {
      ...toMemoFields(memo, packsMemo),
      ...(asks && {
        input: { requests: asked?.requests ?? {}, attempt: 0, until: createdAt + inputMs },
      }),
    } satisfies RunMemo & Record<string, unknown>,
    typedSearchAttributes: toSearchAttributes(operation, workflowId),
    staticSummary: cut(`${operation} · ${key}`, 100),
  };
}

/** Those of the batch, with what differs. */
function toSearchAttributes(operation: string, workflowId: string) {
  const keyPart = workflowId.slice(workflowId.indexOf(':') + 1);
  return workflowInfo().typedSearchAttributes.updateCopy([
    { key: { name: SEARCH_ATTRIBUTE.operation, type: 'KEYWORD' }, value: operation },
    { key: { name: SEARCH_ATTRIBUTE.key, type: 'KEYWORD' }, value: keyPart },
  ]);
}

function toEnd(failure: unknown, taskRef: string | null): ItemEnd {
  const failed = (code: ErrorCode, message: string): ItemEnd => ({
    status: 'failed',
    taskRef,
    code,
    message: cut(message, MESSAGE_CHARACTERS, ' …'),
  });
  if ((failure as Error).name === 'WorkflowExecutionAlreadyStartedError') {
    return failed(
      'IDEMPOTENCY_KEY_CONFLICT',
      'another task has the idempotency key of this item; list_background_tasks finds it',
    );
  }
  const cause = failure instanceof ChildWorkflowFailure ? failure.cause : failure;
  if (cause instanceof ApplicationFailure) {
    return failed(isErrorCode(cause.type) ? cause.type : 'INTERNAL', cause.message);
  }
  if (cause instanceof CancelledFailure) {
    return failed('CANCELLED', 'the task was cancelled on request');
  }
  if (cause instanceof TerminatedFailure) {
    return failed('TERMINATED', 'an operator terminated the task in Temporal');
  }
  if (cause instanceof TimeoutFailure) {
    const message = 'its total time ran out; its own record says whether anything was run';
    return failed('DEADLINE_EXCEEDED', message);
  }
  throw failure;
}

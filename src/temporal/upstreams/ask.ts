// Asks an upstream by way of a worker: gateways of a fleet need not reach it, and what a principal's tools have done there is seen. An
// activity of its own, without a workflow, that leaves no task behind.
import { randomUUID } from 'node:crypto';
import { ActivityExecutionFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { isErrorCode, OperationError } from '../../contract/errors.ts';
import { isJsonObject, type Json } from '../../contract/json.ts';
import type { AttemptInput } from '../../contract/workflow/task-input.ts';
import { ASK_MS, ASK_UPSTREAM } from '../../contract/workflow/upstream-ask.ts';
import type { TaskService } from '../../tasks/service.ts';
import { hasStatus, toReadError } from '../calls/failure.ts';

/** How long it may take in all, with a worker that is starting, in milliseconds. */
const TOTAL_MS = ASK_MS + 15_000;

export function createAskUpstream(client: Client, taskQueue: string): TaskService['askUpstream'] {
  return async ({ principal, signal }, ask) => {
    const id = `ask:${randomUUID()}`;
    const input: AttemptInput = {
      parameters: { ...ask },
      idempotencyKey: id,
      principal,
      attempt: 1,
    };
    try {
      const handle = await client.activity.start<Json>(ASK_UPSTREAM, {
        ...{ id, taskQueue, args: [input] },
        startToCloseTimeout: ASK_MS,
        scheduleToCloseTimeout: TOTAL_MS,
        heartbeatTimeout: '10s',
        // A read may be asked again where its worker was killed; what it answers is final.
        retry: { maximumAttempts: 2 },
      });
      const cancel = () => void handle.cancel('the caller left').catch(() => undefined);
      signal?.addEventListener('abort', cancel, { once: true });
      try {
        return await handle.result();
      } finally {
        signal?.removeEventListener('abort', cancel);
      }
    } catch (failure) {
      throw toAskFailure(failure, ask.upstream);
    }
  };
}

function toAskFailure(failure: unknown, upstream: string): OperationError {
  if (hasStatus(failure, 'UNIMPLEMENTED')) {
    const message = `upstream ${upstream}: prompts and resources need a Temporal server of 1.31 or later`;
    return new OperationError('BACKEND_UNAVAILABLE', message, { cause: failure });
  }
  if (!(failure instanceof ActivityExecutionFailedError)) return toReadError(failure);
  const { cause } = failure;
  if (cause instanceof ApplicationFailure && isErrorCode(cause.type)) {
    const [error] = cause.details ?? [];
    const details = isJsonObject(error) ? error['details'] : undefined;
    return new OperationError(cause.type, cause.message, { details, cause: failure });
  }
  const why =
    cause instanceof TimeoutFailure
      ? 'no worker answered in time'
      : (cause?.message ?? failure.message);
  return new OperationError('UPSTREAM_UNAVAILABLE', `upstream ${upstream}: ${why}`, {
    cause: failure,
  });
}

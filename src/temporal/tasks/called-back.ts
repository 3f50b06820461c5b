// Callbacks of upstreams about the jobs of tasks: the address that a task's upstream is given, and the signal that a callback
// becomes. Invariant: an address names one start of one task, and says nothing of it to anyone else.
import type { Client } from '@temporalio/client';
import type { KeyObject } from 'node:crypto';
import { OperationError } from '../../contract/errors.ts';
import {
  CALLBACK_SIGNAL,
  CALLBACKS_PATH,
  type ReceivedCallback,
} from '../../contract/workflow/received-callback.ts';
import type { TaskInput } from '../../contract/workflow/task-input.ts';
import type { Operation } from '../../operations/operation.ts';
import type { Registry } from '../../operations/registry.ts';
import { withLimit } from '../calls/call-limit.ts';
import { isNotFound, toReadError } from '../calls/failure.ts';
import { openToken, sealToken } from './callback-token.ts';

export interface CallbackAddresses {
  readonly installationKey: KeyObject;
  /** Where upstreams reach the gateways; `null` where they cannot. Default: they cannot. */
  readonly callbackBase?: () => string | null;
}

/** The address of a task whose operation is called back about. Fails with `INTERNAL` where there can be none. */
export function planCallback(
  { name, steps }: Operation,
  workflowId: string,
  { installationKey, callbackBase }: CallbackAddresses,
): Pick<TaskInput, 'callbackUrl'> {
  if (steps.kind !== 'job' || !steps.callback) return {};
  const base = callbackBase?.() ?? null;
  if (base === null) {
    const message = `${name} is called back by its upstream, and this process has no address for that: serve with longhaul dev or serve, or set callbacks.publicUrl`;
    throw new OperationError('INTERNAL', message);
  }
  const token = sealToken(installationKey, { workflowId, operation: name });
  return { callbackUrl: `${base}${CALLBACKS_PATH}${token}` };
}

/** What an upstream sent to an address. */
export interface CallbackRequest {
  readonly token: string;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

/** `taken`: it is kept with the task. `unknown`: the address is none. `ended`: nobody waits for it any more. */
export type CallbackReceipt = 'taken' | 'unknown' | 'ended';

/** Creates what hands a callback over to its task; durable when it resolves. */
export function createTakeCallback(
  client: Client,
  registry: Registry,
  installationKey: KeyObject,
  limitMs: number,
): (request: CallbackRequest) => Promise<CallbackReceipt> {
  return async ({ token, header, body }) => {
    const task = openToken(installationKey, token);
    const found = registry.all.find(({ operation }) => operation.name === task?.operation);
    const steps = found?.operation.steps;
    if (!task || steps?.kind !== 'job' || !steps.callback) return 'unknown';
    const headers = steps.callback.headers.flatMap((name) => {
      const value = header(name);
      return value === undefined ? [] : [[name, value] as const];
    });
    const callback: ReceivedCallback = {
      token,
      receivedAt: Date.now(),
      headers: Object.fromEntries(headers),
      body,
    };
    try {
      await withLimit(client.connection, limitMs, async () =>
        client.workflow.getHandle(task.workflowId).signal(CALLBACK_SIGNAL, callback),
      );
      return 'taken';
    } catch (failure) {
      if (isNotFound(failure)) return 'ended';
      throw toReadError(failure);
    }
  };
}

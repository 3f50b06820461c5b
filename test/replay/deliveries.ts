// Every path through the delivery of a callback, by the name of its history.
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import { SEND_NOW_SIGNAL, type SendEnd } from '../../src/contract/workflow/callback.ts';
import type { Activities } from '../support/temporal/tasks-without-gateway.ts';

const down: SendEnd = { kind: 'failed', reason: 'answered 503' };
const taken: SendEnd = { kind: 'delivered', status: 204 };

/** What a receiver makes of the attempts, the last end for ever; `null` is a worker that vanished. */
export const DELIVERY_PATHS: Readonly<Record<string, readonly (SendEnd | null)[]>> = {
  'callback-delivered': [taken],
  'callback-delivered-late': [down, { ...down, retryAfterMs: 10_000 }, taken],
  'callback-lost': [null, taken],
  'callback-gone': [{ kind: 'gone', status: 410 }],
  'callback-given-up': [down],
};

/** The activities of deliveries to such a receiver. */
export function toDeliveryActivities(ends: readonly (SendEnd | null)[]): Activities {
  let attempts = 0;
  const activities = {
    'callback.prepare': async () => ({ id: 'msg_1', body: '{}' }),
    'callback.send': async () => {
      const end = ends[Math.min(attempts, ends.length - 1)] ?? null;
      attempts += 1;
      if (end) return { ...end };
      throw ApplicationFailure.nonRetryable('as recorded');
    },
  };
  return activities;
}

/** Awaits the end of a delivery, and has each attempt made at once. */
export async function hurry(handle: WorkflowHandle): Promise<string> {
  let sent = 0;
  for (;;) {
    const { status, memo } = await handle.describe();
    if (status.name !== 'RUNNING') return status.name;
    const { attempts } = (memo?.['delivery'] ?? { attempts: 0 }) as { attempts: number };
    if (attempts > sent) {
      sent = attempts;
      // The last attempt may have ended it in between.
      await handle.signal(SEND_NOW_SIGNAL).catch(() => undefined);
    }
    await sleep(20);
  }
}

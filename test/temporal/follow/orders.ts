// Workflows as a company has them that knows nothing of Longhaul: what the tests of the kind `workflow` start and follow.
import { defineSearchAttributeKey } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  isCancellation,
  proxyActivities,
  setHandler,
  sleep,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';

const { charge, chargeInParts } = proxyActivities<{
  charge(order: string): Promise<string>;
  chargeInParts(order: string): Promise<string>;
}>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 1 },
});

/** Waits so long, and returns what it was given. */
export async function waitFor(ms: number, result: unknown): Promise<unknown> {
  await sleep(ms);
  return result;
}

/** Goes on as new so often before it ends. */
export async function goOn(runs: number): Promise<string> {
  if (runs > 0) await continueAsNew<typeof goOn>(runs - 1);
  return 'at last';
}

/** Fails as its author says. */
export async function fail(type: string, message: string, nonRetryable: boolean): Promise<never> {
  await sleep(1);
  throw ApplicationFailure.create({ type, message, nonRetryable });
}

const go = defineSignal('go');

/** Fails when it is told to go, and is tried again by its own retry policy. */
export async function failFirst(): Promise<string> {
  const { attempt } = workflowInfo();
  if (attempt > 1) return `shipped at attempt ${attempt}`;
  let goes = false;
  setHandler(go, () => {
    goes = true;
  });
  await condition(() => goes);
  throw ApplicationFailure.retryable('not today', 'Busy');
}

/** Says how far it is by a search attribute, and waits. */
export async function showDone(share: number): Promise<void> {
  upsertSearchAttributes([{ key: defineSearchAttributeKey('OrderDone', 'DOUBLE'), value: share }]);
  await sleep('1 day');
}

/** Fails because its activity does. */
export async function failToCharge(order: string): Promise<string> {
  return charge(order);
}

/** Waits for an activity that says how far it is. */
export async function chargeSlowly(order: string): Promise<string> {
  return chargeInParts(order);
}

/** Waits for a cancel, and takes some time over it, or completes all the same. */
export async function waitForCancel(then: 'cancelled' | 'completed'): Promise<string> {
  try {
    await sleep('1 day');
  } catch (failure) {
    if (!isCancellation(failure)) throw failure;
    await CancellationScope.nonCancellable(async () => sleep(300));
    if (then === 'cancelled') throw failure;
  }
  return 'shipped in spite of it';
}

const progress = defineQuery<{ fraction: number; message: string }>('progress');
const awaitingApproval = defineQuery<boolean>('awaiting_approval');
const approve = defineSignal<[{ approved: boolean }]>('approve');
const price = defineUpdate<string, [{ cents: number }]>('price');

/** Asks twice: for an approval by a signal, and for a price by an update that rejects what is below zero. */
export async function processOrder(order: string): Promise<unknown> {
  let approved: boolean | null = null;
  let cents: number | null = null;
  setHandler(progress, () => ({
    fraction: approved === null ? 0.25 : 0.5,
    message: `order ${order}`,
  }));
  setHandler(awaitingApproval, () => approved === null);
  setHandler(approve, (answer) => {
    approved = answer.approved;
  });
  setHandler(
    price,
    (answer: { readonly cents: number }) => {
      ({ cents } = answer);
      return 'taken';
    },
    {
      validator: (answer: { readonly cents: number }) => {
        if (answer.cents < 0) throw new Error('a price is not below zero');
      },
    },
  );
  await condition(() => approved !== null);
  upsertMemo({ asksPrice: 'What does it cost?', done: 60 });
  await condition(() => cents !== null);
  upsertMemo({ asksPrice: false });
  return { order, approved, cents };
}

/** Never gets beyond its first task. */
export async function stumble(): Promise<never> {
  throw new Error('this code has a defect');
}

/** Returns what is no JSON. */
export async function bytes(): Promise<Uint8Array> {
  return Promise.resolve(new Uint8Array([1, 2, 3]));
}

// Who follows workflows beside the activities that run: told when the worker stops, and small, since there may be thousands.
import { expect, test } from '@jest/globals';
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createFollowers } from '../../../activities/workflow/followers.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const followers = () => createFollowers(() => undefined);

/** Follows until it is told to stop. */
const untilStopped = async ({ signal }: AbortController) => {
  if (!signal.aborted) await once(signal, 'abort');
};

test('nothing of the activity that began it is kept while it follows', async () => {
  const all = followers();
  const activity = new AsyncLocalStorage<object>();
  const begin = () => {
    const context = { info: 'all that came with the activity' };
    activity.run(context, () => {
      all.add(untilStopped);
    });
    return new WeakRef(context);
  };
  const kept = begin();
  await delay(1); // a WeakRef holds what it refers to until the turn is over
  collect();
  expect(kept.deref()).toBeUndefined();
  await all.stop();
});

test('when the worker stops, each is told, and has time to hand over', async () => {
  const all = followers();
  const handedOver: string[] = [];
  for (const name of ['one', 'other']) {
    all.add(async (stopping) => {
      await untilStopped(stopping);
      await delay(20);
      handedOver.push(name);
    });
  }
  await all.stop();
  expect(handedOver).toEqual(['one', 'other']);
});

import { expect, test } from '@jest/globals';
import type { SlotReserveContext } from '@temporalio/worker';
import { createPacedSlots } from '../../../src/temporal/worker/paced-slots.ts';

const context = {} as SlotReserveContext;
const slotInfo = { type: 'activity', activityType: 'work' } as const;

/** Slots, with so many polls that wait for one. */
function open(slots: number, polls: number) {
  const free: number[] = [];
  const paced = createPacedSlots(slots, (count) => free.push(count));
  const { supplier } = paced;
  let granted = 0;
  const poll = async (signal: AbortSignal) =>
    supplier.reserveSlot(context, signal).then(() => (granted += 1));
  const begin = async (): Promise<void> => {
    for (let index = 0; index < polls; index += 1) void poll(new AbortController().signal);
    await new Promise(setImmediate);
  };
  const settled = async (): Promise<number> => {
    await new Promise(setImmediate);
    return granted;
  };
  const crowd = (): void => {
    for (let index = 0; index < 10; index += 1) paced.putOff();
  };
  return { ...paced, supplier, free, poll, begin, settled, crowd };
}

test('every slot is handed out at once, and each again when it is left', async () => {
  const { supplier, begin, settled, free } = open(3, 5);
  await begin();
  expect(await settled()).toBe(3);
  expect(supplier.tryReserveSlot(context)).toBeNull();
  supplier.markSlotUsed({ permit: {}, slotInfo });
  supplier.releaseSlot({ permit: {}, slotInfo });
  supplier.releaseSlot({ permit: {} });
  expect(await settled()).toBe(5);
  expect(free).toEqual([3, 2, 3, 3]);
});

test('after attempts that were put off, slots are handed out one after the other', async () => {
  const { supplier, begin, settled, crowd } = open(50, 10);
  crowd();
  await begin();
  expect(await settled()).toBe(0);
  expect(supplier.tryReserveSlot(context)).toBeNull();
  while ((await settled()) === 0);
  expect(await settled()).toBe(1);
});

test('an attempt that ends opens the way for one, one with room for all', async () => {
  const { begin, settled, crowd, ended, begun } = open(50, 10);
  crowd();
  await begin();
  ended();
  expect(await settled()).toBe(1);
  begun(false);
  expect(await settled()).toBe(1);
  begun(true);
  expect(await settled()).toBe(10);
});

test('a poll that is given up takes no slot', async () => {
  const { poll, settled, supplier } = open(1, 0);
  const first = new AbortController();
  expect(supplier.tryReserveSlot(context)).not.toBeNull();
  const given = poll(first.signal);
  first.abort();
  await expect(given).rejects.toMatchObject({ name: 'AbortError' });
  void poll(new AbortController().signal);
  supplier.releaseSlot({ permit: {} });
  expect(await settled()).toBe(1);
});

import { describe, expect, test } from '@jest/globals';
import { createOpenTasks, ROOM_RETRY_MS } from '../../src/limits/open-tasks.ts';
import type { Scope } from '../../src/limits/rules.ts';

const bounds = (value: number, principal = 'me') => [
  { scope: { principal, operation: null }, value },
];

/** Open tasks over a count that a test sets, and a clock that it moves. */
function createSetting(counted = 0, queries = 1) {
  const state = { now: 1e9, counted, counts: [] as Scope[], away: false };
  const open = createOpenTasks(
    {
      queries,
      count: async (scope) => {
        state.counts.push(scope);
        if (state.away) throw new Error('away');
        return Promise.resolve(state.counted);
      },
    },
    () => state.now,
  );
  let tasks = 0;
  const take = async (value: number, workflowId = `task-${tasks++}`, principal = 'me') =>
    open.take({ workflowId, startedAt: state.now }, bounds(value, principal));
  const isTaken = async (value: number) => (await take(value)).full === null;
  return { state, open, take, isTaken };
}

describe('within the bound', () => {
  test('no start waits for a count, which is made beside it, every two seconds at most', async () => {
    const never = new Promise<number>(() => undefined);
    let counts = 0;
    let now = 1e9;
    const open = createOpenTasks(
      {
        queries: 1,
        count: async () => {
          counts += 1;
          return never;
        },
      },
      () => now,
    );
    for (let index = 0; index < 10; index += 1) {
      const room = await open.take({ workflowId: `task-${index}`, startedAt: now }, bounds(100));
      expect(room.full).toBeNull();
      now += 100;
    }
    expect(counts).toBe(1);
  });

  test('starts at the same time do not go beyond it', async () => {
    const { take } = createSetting();
    const rooms = await Promise.all(Array.from({ length: 20 }, async () => take(7)));
    expect(rooms.filter(({ full }) => full === null)).toHaveLength(7);
  });

  test('room is given back once, by the call that took it', async () => {
    const { take } = createSetting();
    const first = await take(1, 'same');
    if (first.full) throw new Error('no room');
    // A repeated call, which finds its task, puts nothing down.
    const { take: takeOfTwo } = createSetting();
    await takeOfTwo(2, 'same');
    const again = await takeOfTwo(2, 'same');
    if (again.full) throw new Error('no room');
    again.giveBack();
    expect((await takeOfTwo(1)).full).not.toBeNull();
    first.giveBack();
    expect((await take(1)).full).toBeNull();
  });
});

describe('beyond the bound', () => {
  test('a start is refused by a fresh count alone, and taken when that finds room', async () => {
    const { state, isTaken } = createSetting(3);
    expect(await isTaken(5)).toBe(true);
    state.counted = 5;
    state.now += 3_000;
    expect(await isTaken(5)).toBe(true); // renewed beside it
    state.now += 1_500;
    expect(await isTaken(5)).toBe(false);
    state.counted = 4;
    state.now += ROOM_RETRY_MS;
    expect(await isTaken(5)).toBe(true);
  });

  test('refusals cost a count a second at most', async () => {
    const { state, isTaken } = createSetting(9);
    await isTaken(5);
    state.counts.length = 0;
    for (let index = 0; index < 100; index += 1) {
      state.now += 50;
      expect(await isTaken(5)).toBe(false);
    }
    expect(state.counts.length).toBeLessThanOrEqual(6);
  });

  test('an end that is seen here makes room at once', async () => {
    const { state, open, isTaken } = createSetting(4);
    await isTaken(100);
    state.now += 5_000;
    await isTaken(100);
    await Promise.resolve(); // the count beside it has come
    state.now += 100;
    const full = state.counted + 1;
    expect(await isTaken(full)).toBe(false);
    const end = { workflowId: 'old', startedAt: 1e9 - 1e6, endedAt: state.now };
    open.end(end, [{ principal: 'me', operation: null }]);
    expect(await isTaken(full)).toBe(true);
  });
});

test('where nobody can count, what is known holds', async () => {
  const { state, isTaken } = createSetting();
  state.away = true;
  expect(await isTaken(2)).toBe(true);
  expect(await isTaken(2)).toBe(true);
  expect(await isTaken(2)).toBe(false);
});

test.each([
  ['one query', 1, 31],
  ['a query for each lane', 2, 18],
])('counts of %s are few, however many principals come', async (_, queries, most) => {
  const { state, take } = createSetting(0, queries);
  for (let index = 0; index < 5_000; index += 1) {
    state.now += 1; // five seconds in all
    await take(10, 'task', `principal-${index}`);
  }
  expect(state.counts.length).toBeLessThanOrEqual(most);
});

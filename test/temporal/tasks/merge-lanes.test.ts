import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  mergeLanes,
  type Entry,
  type Mark,
  type Source,
} from '../../../src/temporal/tasks/merge-lanes.ts';

/** Those with the greatest place first; of equal places in an order that callers do not know. */
function compare(one: Entry, other: Entry): number {
  if (one.place !== other.place) return one.place > other.place ? -1 : 1;
  return one.runId > other.runId ? -1 : 1;
}

/** A lane as Temporal keeps it; a token names the entry before its page. */
function createLane(name: string, places: readonly string[]) {
  const entries = places.map((place, at): Entry => ({ place, runId: `${name}${at}` }));
  const state = { reads: 0, entries: entries.toSorted(compare) };
  const read: Source<Entry>['read'] = async (token, size) => {
    state.reads += 1;
    const before = token === '' ? null : (JSON.parse(token) as Entry);
    const rest = state.entries.filter((entry) => !before || compare(before, entry) < 0);
    const page = rest.slice(0, size);
    // Temporal gives a token with each full page, also with the last.
    return { entries: page, next: page.length === size ? JSON.stringify(page.at(-1)) : '' };
  };
  return { state, read };
}

type Lane = ReturnType<typeof createLane>;

const start = (size: number): Mark => ({ token: '', size });

/** All pages; the sizes are taken in turn. */
async function readAll(lanes: readonly Lane[], sizes: readonly number[], between?: () => void) {
  const seen: Entry[] = [];
  let marks: readonly (Mark | null)[] = lanes.map(() => start(sizes[0]!));
  for (let pages = 0; marks.some((mark) => mark !== null); pages += 1) {
    const limit = sizes[pages % sizes.length]!;
    const sources = lanes.map(({ read }, at) => ({ from: marks[at]!, read }));
    const page = await mergeLanes(sources, limit);
    seen.push(...page.entries);
    // What a cursor carries is text.
    marks = JSON.parse(JSON.stringify(page.marks)) as typeof marks;
    expect(page.entries.length === limit || marks.every((mark) => mark === null)).toBe(true);
    between?.();
  }
  return seen;
}

const places = fc.array(fc.constantFrom('~ 1', '~ 2', '4 1', '3 2', '3 1', '2 0'), {
  maxLength: 20,
});
const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 });

test('pages of any sizes give everything once, and in order, also where places are equal', async () => {
  await fc.assert(
    fc.asyncProperty(places, places, sizes, async (of, others, limits) => {
      const lanes = [createLane('a', of), createLane('b', others)];
      const seen = await readAll(lanes, limits);
      const all = lanes.flatMap(({ state }) => state.entries);
      expect(seen.map(({ runId }) => runId).toSorted()).toEqual(
        all.map(({ runId }) => runId).toSorted(),
      );
      const order = seen.map(({ place }) => place);
      expect(order).toEqual(order.toSorted().reverse());
    }),
  );
});

test('one lane alone costs one read for each page', async () => {
  const lane = createLane('a', ['5 0', '4 0', '3 0', '2 0', '1 0']);
  expect(await readAll([lane], [2])).toHaveLength(5);
  expect(lane.state.reads).toBe(3);
});

test('two lanes cost two reads for a first page', async () => {
  const lanes = [createLane('a', ['5 0', '3 0', '1 0']), createLane('b', ['4 0', '2 0'])];
  await mergeLanes(
    lanes.map(({ read }) => ({ from: start(3), read })),
    3,
  );
  expect(lanes.map(({ state }) => state.reads)).toEqual([1, 1]);
});

test('what moves while pages are read takes nothing else with it', async () => {
  await fc.assert(
    fc.asyncProperty(places, places, sizes, fc.nat(), async (of, more, limits, nth) => {
      const lanes = [createLane('a', of), createLane('b', more)];
      const all = lanes.flatMap(({ state }) => state.entries);
      const moved = new Set<string>();
      const seen = await readAll(lanes, limits, () => {
        // One that runs ends: it is now the first of those that have closed.
        const { state } = lanes[nth % 2]!;
        const open = state.entries.filter(({ place }) => place.startsWith('~'));
        const ended = open[nth % Math.max(1, open.length)];
        if (!ended || moved.size > 0) return;
        moved.add(ended.runId);
        const others = state.entries.filter((entry) => entry !== ended);
        state.entries = [{ ...ended, place: '9 0' }, ...others].toSorted(compare);
      });
      const count = (runId: string) => seen.filter((entry) => entry.runId === runId).length;
      for (const { runId } of all.filter((entry) => !moved.has(entry.runId))) {
        expect(`${runId} ${count(runId)}`).toBe(`${runId} 1`);
      }
    }),
  );
});

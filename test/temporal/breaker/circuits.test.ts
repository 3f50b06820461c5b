import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { BreakerNews } from '../../../src/contract/workflow/breaker.ts';
import { createCircuits, type Circuits } from '../../../src/temporal/breaker/circuits.ts';

const OPEN_MS = 30_000;
let now: number;
let news: BreakerNews[];
let circuits: Circuits;

const create = (failures: number, isShared = false): Circuits =>
  createCircuits('refund', { failures, openMs: OPEN_MS }, (piece) => news.push(piece), isShared);

beforeEach(() => {
  now = 1_000_000;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  news = [];
  circuits = create(4);
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** What becomes of an attempt: `done`, `503`, or `refused`. */
const run = async (principal: string, attempt: () => Promise<string>): Promise<string> =>
  circuits
    .run(
      principal,
      attempt,
      () => 'sick',
      () => new Error('refused'),
    )
    .catch((thrown: unknown) => (thrown as Error).message);
const succeed = async (principal: string) => run(principal, async () => 'done');
const fail = async (principal: string, times = 1): Promise<string[]> => {
  const ends: string[] = [];
  for (let time = 0; time < times; time += 1) {
    ends.push(await run(principal, async () => Promise.reject(new Error('503'))));
  }
  return ends;
};
const stateOf = (principal: string) => circuits.viewOf(principal).view.state;

describe('a caller who alone fails', () => {
  beforeEach(async () => fail('alice', 4));

  test('is switched off alone, however often', async () => {
    expect(await fail('alice', 3)).toEqual(['refused', 'refused', 'refused']);
    expect(stateOf('alice')).toBe('open');
    expect([stateOf('bob'), circuits.view.state, circuits.ownOpen]).toEqual([
      'closed',
      'closed',
      1,
    ]);
    expect(await succeed('bob')).toBe('done');
    expect(news).toMatchObject([{ event: 'opened', operation: 'refund alice' }]);
  });

  test('is let in again when the time is over', async () => {
    now += OPEN_MS;
    expect(await succeed('alice')).toBe('done');
    expect(news.at(-1)).toMatchObject({ event: 'closed', operation: 'refund alice' });
  });

  test('does not take others along when one of them fails once', async () => {
    await fail('bob');
    expect(circuits.view.state).toBe('closed');
    expect(await succeed('bob')).toBe('done');
  });
});

describe('callers who fail together', () => {
  test('show that it is the upstream: nobody is let in', async () => {
    await fail('alice', 2);
    await fail('bob', 2);
    expect([circuits.view.state, stateOf('carol')]).toEqual(['open', 'open']);
    expect(await succeed('carol')).toBe('refused');
    expect(circuits.viewOf('carol').isOwn).toBe(false);
    expect(news).toMatchObject([{ event: 'opened', operation: 'refund' }]);
  });

  test('show nothing when somebody was served in between', async () => {
    await fail('alice', 2);
    await succeed('carol');
    await fail('bob', 2);
    expect(circuits.view.state).toBe('closed');
  });

  test('one alone cannot keep it open for all, two can', async () => {
    await fail('alice', 2);
    await fail('bob', 2);
    now += OPEN_MS;
    expect(await fail('alice')).toEqual(['503']);
    expect(circuits.view.state).toBe('half_open');
    expect(await fail('bob')).toEqual(['503']);
    expect(circuits.view.state).toBe('open');
    now += OPEN_MS;
    await fail('alice');
    expect(await succeed('carol')).toBe('done');
    expect(circuits.view.state).toBe('closed');
  });

  test('open it at the first failures where one is enough', async () => {
    circuits = create(1);
    await fail('alice');
    expect([stateOf('alice'), circuits.view.state]).toEqual(['open', 'closed']);
    await fail('bob');
    expect(circuits.view.state).toBe('open');
  });
});

describe('the fleet', () => {
  const failing = { by: 'failures', openedAt: 999_000, openMs: OPEN_MS, reason: '503' } as const;

  test('tells of callers that failed elsewhere, and of operations with a longer name nothing', () => {
    circuits.hear({ 'refund alice': failing, 'refund_all bob': failing });
    expect([stateOf('alice'), stateOf('bob'), circuits.ownOpen]).toEqual(['open', 'closed', 1]);
    circuits.hear({});
    expect(stateOf('alice')).toBe('closed');
  });

  test('is told again what it has not heard', async () => {
    await fail('alice', 4);
    expect(circuits.hear({})).toEqual(news);
  });

  test('obeys an operator before all', async () => {
    await fail('alice', 4);
    circuits.hear({ refund: { by: 'operator', open: false, setAt: 1, reason: '' } });
    expect(await succeed('alice')).toBe('done');
    expect(stateOf('alice')).toBe('closed');
    circuits.hear({ refund: { by: 'operator', open: true, setAt: 2, reason: '' } });
    expect(await succeed('bob')).toBe('refused');
  });
});

test('where there is one principal alone, its failures are for all', async () => {
  circuits = create(2, true);
  await fail('local', 2);
  expect([circuits.view.state, stateOf('anybody'), circuits.ownOpen]).toEqual(['open', 'open', 0]);
  expect(news).toMatchObject([{ event: 'opened', operation: 'refund' }]);
});

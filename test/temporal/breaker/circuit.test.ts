import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { BreakerEntry, BreakerNews } from '../../../src/contract/workflow/breaker.ts';
import {
  createCircuit,
  type Circuit,
  type Verdict,
} from '../../../src/temporal/breaker/circuit.ts';

const OPEN_MS = 30_000;
let now = 0;
let news: BreakerNews[];
let circuit: Circuit;

beforeEach(() => {
  now = 1_000_000;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  news = [];
  circuit = createCircuit('refund', { failures: 2, openMs: OPEN_MS }, (piece) => news.push(piece));
});

afterEach(() => {
  jest.restoreAllMocks();
});

class Refused extends Error {
  readonly retryAfterMs: number | null;
  constructor(retryAfterMs: number | null) {
    super('refused');
    this.retryAfterMs = retryAfterMs;
  }
}

/** What becomes of an attempt: its result, its failure, or how it was refused. */
const run = async (attempt: () => Promise<string>, verdict: Verdict = 'sick') =>
  circuit
    .run(
      attempt,
      () => verdict,
      (retryAfterMs) => new Refused(retryAfterMs),
    )
    .catch((thrown: unknown) =>
      thrown instanceof Refused ? { retryAfterMs: thrown.retryAfterMs } : (thrown as Error).message,
    );

const succeed = async () => run(async () => 'done');
const fail = async (verdict: Verdict = 'sick') =>
  run(async () => Promise.reject(new Error('503')), verdict);
const open = async () => {
  await fail();
  await fail();
};
const failing = (openedAt: number): BreakerEntry => ({
  by: 'failures',
  openedAt,
  openMs: OPEN_MS,
  reason: '503',
});
const order = (isOpen: boolean): BreakerEntry => ({
  by: 'operator',
  open: isOpen,
  setAt: 1,
  reason: 'why',
});

describe('a closed circuit', () => {
  test('hands results and failures through', async () => {
    expect(await succeed()).toBe('done');
    expect(await fail('nothing')).toBe('503');
    expect(circuit.view).toMatchObject({ state: 'closed' });
  });

  test('opens after so many failures in a row, and tells of it', async () => {
    await open();
    const opening = { openedAt: now, openMs: OPEN_MS, reason: '503' };
    expect(news).toEqual([{ event: 'opened', operation: 'refund', ...opening }]);
    expect(circuit.view).toMatchObject({ state: 'open', until: now + OPEN_MS });
  });

  test('begins the row anew when the upstream refuses: it answers', async () => {
    await fail();
    await fail('well');
    await fail();
    expect(circuit.view.state).toBe('closed');
  });

  test('does not count what says nothing', async () => {
    for (let count = 0; count < 5; count += 1) await fail('nothing');
    await fail();
    await fail('nothing');
    expect(circuit.view.state).toBe('closed');
    await fail();
    expect(circuit.view.state).toBe('open');
  });

  test('opens once, however many attempts were running', async () => {
    await Promise.all(Array.from({ length: 6 }, async () => fail()));
    expect(news).toHaveLength(1);
  });
});

describe('an open circuit', () => {
  beforeEach(open);

  test('refuses attempts with the time that is left, and does not begin them', async () => {
    now += 10_000;
    const attempt = jest.fn(async () => 'done');
    expect(await run(attempt)).toEqual({ retryAfterMs: OPEN_MS - 10_000 });
    expect(attempt).not.toHaveBeenCalled();
  });

  test('lets one attempt through when its time is over', async () => {
    now += OPEN_MS;
    expect(circuit.view.state).toBe('half_open');
    const upstream = new EventTarget();
    const probe = run(async () => once(upstream, 'answer').then(() => 'done'));
    expect(await succeed()).toEqual({ retryAfterMs: 1_000 });
    upstream.dispatchEvent(new Event('answer'));
    expect(await probe).toBe('done');
    expect(circuit.view.state).toBe('closed');
    expect(news.at(-1)).toMatchObject({ event: 'closed', openedAt: now - OPEN_MS });
    expect(await succeed()).toBe('done');
  });

  test('stays open when that attempt fails', async () => {
    now += OPEN_MS;
    await fail();
    expect(circuit.view).toMatchObject({ state: 'open', since: now });
    expect(news.at(-1)).toMatchObject({ event: 'opened', openedAt: now });
  });

  test('waits for another when that attempt says nothing', async () => {
    now += OPEN_MS;
    expect(await fail('nothing')).toBe('503');
    expect(circuit.view.state).toBe('half_open');
    expect(await succeed()).toBe('done');
    expect(circuit.view.state).toBe('closed');
  });

  test('closes when the upstream refuses that attempt: it answers', async () => {
    now += OPEN_MS;
    await fail('well');
    expect(circuit.view.state).toBe('closed');
  });
});

describe('the fleet', () => {
  test('opens a circuit that is closed here, for the time that is left', async () => {
    circuit.hear(failing(now - 10_000));
    expect(await succeed()).toEqual({ retryAfterMs: OPEN_MS - 10_000 });
    now += OPEN_MS;
    expect(await succeed()).toBe('done');
    expect(news).toEqual([{ event: 'closed', operation: 'refund', openedAt: 990_000 }]);
  });

  test('closes a circuit that is open here when another found the upstream well', async () => {
    circuit.hear(failing(now));
    circuit.hear(undefined);
    expect(await succeed()).toBe('done');
  });

  test('that has not heard yet does not undo what was found here, and is told again', async () => {
    await open();
    expect(circuit.hear(undefined)).toEqual(news[0]);
    expect(circuit.view.state).toBe('open');
    expect(circuit.hear(failing(now))).toBeNull();
    expect(circuit.hear(undefined)).toBeNull();
    expect(circuit.view.state).toBe('closed');
  });

  test('that has not heard of the end is told again', async () => {
    circuit.hear(failing(now));
    now += OPEN_MS;
    await succeed();
    expect(circuit.hear(failing(now - OPEN_MS))).toEqual(news[0]);
    expect(circuit.view.state).toBe('closed');
    expect(circuit.hear(undefined)).toBeNull();
  });

  test('that knows of a later opening is right', async () => {
    await open();
    circuit.hear(failing(now + 500));
    expect(circuit.view).toMatchObject({ state: 'open', since: now + 500 });
  });
});

describe('an operator', () => {
  test('opens: attempts are refused, and nobody knows for how long', async () => {
    circuit.hear(order(true));
    expect(await succeed()).toEqual({ retryAfterMs: null });
    now += 10 * OPEN_MS;
    expect(await succeed()).toEqual({ retryAfterMs: null });
  });

  test('closes: attempts run, however often they fail', async () => {
    await open();
    circuit.hear(order(false));
    for (let count = 0; count < 5; count += 1) expect(await fail()).toBe('503');
    expect(circuit.view).toMatchObject({ state: 'closed', by: 'operator' });
  });

  test('leaves it to itself: it is closed, and counts from the beginning', async () => {
    await fail();
    circuit.hear(order(true));
    circuit.hear(undefined);
    await fail();
    expect(circuit.view.state).toBe('closed');
    await fail();
    expect(circuit.view.state).toBe('open');
  });
});

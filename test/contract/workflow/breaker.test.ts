import { describe, expect, test } from '@jest/globals';
import {
  applyNews,
  FORGET_MS,
  forgetOld,
  parseEntries,
  parseNews,
  type BreakerEntries,
  type BreakerEntry,
  type BreakerNews,
} from '../../../src/contract/workflow/breaker.ts';

const NOW = 1_000_000;
const failing = (openedAt: number): BreakerEntry => ({
  by: 'failures',
  openedAt,
  openMs: 30,
  reason: '503',
});
const ordered = (open: boolean): BreakerEntry => ({
  by: 'operator',
  open,
  setAt: NOW,
  reason: 'why',
});
const opened = (openedAt: number): BreakerNews => ({
  event: 'opened',
  operation: 'refund',
  openedAt,
  openMs: 30,
  reason: '503',
});
const closed = (openedAt: number): BreakerNews => ({
  event: 'closed',
  operation: 'refund',
  openedAt,
});
const set = (to: 'open' | 'closed' | 'auto'): BreakerNews => ({
  event: 'set',
  operation: 'refund',
  to,
  reason: 'why',
});

describe('news', () => {
  test.each<[string, BreakerEntry | null, BreakerNews, BreakerEntry | null]>([
    ['a first opening stands', null, opened(5), failing(5)],
    ['a later opening takes the place of an earlier one', failing(5), opened(9), failing(9)],
    ['an earlier opening that arrives late changes nothing', failing(9), opened(5), failing(9)],
    ['told twice, an opening changes nothing', failing(5), opened(5), failing(5)],
    ['an attempt that went well ends the opening', failing(5), closed(5), null],
    ['it does not end a later one', failing(9), closed(5), failing(9)],
    ['nothing to close is nothing', null, closed(5), null],
    ['an operator opens', null, set('open'), ordered(true)],
    ['an operator closes what failed', failing(5), set('closed'), ordered(false)],
    ['no worker opens what an operator keeps closed', ordered(false), opened(5), ordered(false)],
    ['no worker closes what an operator opened', ordered(true), closed(5), ordered(true)],
    ['left to itself, it is closed', ordered(true), set('auto'), null],
    ['also after failures', failing(5), set('auto'), null],
  ])('%s', (_, before, news, after) => {
    const other = failing(1);
    const entries: BreakerEntries = { other, ...(before && { refund: before }) };
    expect(applyNews(entries, news, NOW)).toEqual({ other, ...(after && { refund: after }) });
  });

  test('that changes nothing gives the same entries, so that nothing is written', () => {
    const entries = { refund: failing(5) };
    expect(applyNews(entries, opened(5), NOW)).toBe(entries);
    expect(applyNews({}, closed(5), NOW)).toEqual({});
  });
});

describe('a signal', () => {
  test.each([opened(5), closed(5), set('open'), set('auto')])('%j is news', (news) => {
    expect(parseNews(JSON.parse(JSON.stringify(news)))).toEqual(news);
  });

  test.each([
    undefined,
    null,
    'opened',
    {},
    { ...opened(5), operation: 7 },
    { ...opened(5), openedAt: null },
    { ...opened(5), reason: 503 },
    { ...closed(5), openedAt: '5' },
    { ...set('open'), to: 'ajar' },
    { event: 'burned', operation: 'refund' },
  ])('%j is none', (value) => {
    expect(parseNews(value)).toBeNull();
  });
});

test('an opening is forgotten when nobody tried for a day, an order never is', () => {
  const entries = { old: failing(NOW - 30 - FORGET_MS), young: failing(NOW), off: ordered(true) };
  expect(forgetOld(entries, NOW)).toEqual({ young: failing(NOW), off: ordered(true) });
});

describe('entries of a memo', () => {
  test('are read as they were written', () => {
    const entries = { refund: failing(5), off: ordered(true), on: ordered(false) };
    expect(parseEntries(JSON.parse(JSON.stringify(entries)))).toEqual(entries);
  });

  test.each([
    undefined,
    null,
    'entries',
    [],
    { refund: null },
    { refund: { by: 'somebody', reason: '' } },
    { refund: { by: 'failures', openedAt: 5, reason: '' } },
    { refund: { by: 'operator', open: 'yes', setAt: 5, reason: '' } },
  ])('%j is none', (value) => {
    expect(parseEntries(value)).toEqual({});
  });
});

describe('entries against single principals', () => {
  const own = (principal: string, openedAt: number): BreakerNews => ({
    ...opened(openedAt),
    operation: `refund ${principal}`,
  });

  test('stand beside that of the operation, and go with what an operator decides', () => {
    const entries = [opened(5), own('alice', 6)].reduce<BreakerEntries>(
      (known, news) => applyNews(known, news, NOW),
      { 'refund_all bob': failing(1) },
    );
    expect(Object.keys(entries)).toEqual(['refund_all bob', 'refund', 'refund alice']);
    expect(applyNews(entries, set('auto'), NOW)).toEqual({ 'refund_all bob': failing(1) });
    expect(Object.keys(applyNews(entries, set('open'), NOW))).toEqual(['refund_all bob', 'refund']);
  });

  test('are few and short, since all share one memo', () => {
    let entries: BreakerEntries = { refund: failing(0) };
    for (let index = 1; index <= 50; index += 1) {
      const news = { ...own(`p${index}`, index), reason: 'x'.repeat(300) } as BreakerNews;
      entries = applyNews(entries, news, NOW);
    }
    expect(Object.keys(entries)).toHaveLength(33);
    expect(entries).toHaveProperty('refund p50');
    expect(entries).not.toHaveProperty('refund p18');
    expect(entries['refund p50']?.reason).toHaveLength(80);
  });
});

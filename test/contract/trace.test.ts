import { expect, test } from '@jest/globals';
import { parseTraceContext } from '../../src/contract/trace.ts';

const GOOD = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

test('a trace context is taken as it came', () => {
  expect(parseTraceContext(GOOD, 'vendor=1')).toEqual({
    traceparent: GOOD,
    tracestate: 'vendor=1',
  });
});

test.each([
  ['no text', 7],
  ['nothing', undefined],
  ['a trace id of zeros', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
  ['a span id of zeros', `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`],
  ['capitals', GOOD.toUpperCase()],
  ['more behind it', `${GOOD}-evil`],
  ['a line break', `${GOOD}\n`],
])('%s is no trace context', (_, traceparent) => {
  expect(parseTraceContext(traceparent, undefined)).toBeNull();
});

test('a tracestate that is too long is left out', () => {
  expect(parseTraceContext(GOOD, 'a'.repeat(513))).toEqual({ traceparent: GOOD });
});

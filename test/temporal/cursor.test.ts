import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseCursor, toCursor } from '../../src/temporal/cursor.ts';

const query = "WorkflowType = 'runTask'";

test('a cursor carries its token there and back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (token) => {
      expect(Uint8Array.from(parseCursor(toCursor(token, query), query))).toEqual(token);
    }),
  );
});

describe('a cursor is refused', () => {
  const cursor = toCursor(Buffer.from('token'), query);
  test.each([
    ['of another list', () => toCursor(Buffer.from('token'), 'another query')],
    ['that was cut', () => cursor.slice(0, -1)],
    ['that was extended', () => `${cursor}A`],
    ['that is empty', () => ''],
    ['that is no cursor', () => 'next, please'],
    ['with a seal alone', () => toCursor(Buffer.alloc(0), query)],
  ])('%s', (_, garbage) => {
    expect(() => parseCursor(garbage(), query)).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMETERS' }),
    );
  });
});

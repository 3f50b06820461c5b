import { createHash, createSecretKey } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseCursor, toCursor } from '../../../src/temporal/calls/cursor.ts';

const key = createSecretKey(Buffer.alloc(32, 1));
const query = "WorkflowType = 'runTask'";

test('a cursor carries its token there and back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (token) => {
      expect(Uint8Array.from(parseCursor(key, toCursor(key, token, query), query))).toEqual(token);
    }),
  );
});

describe('a cursor is refused', () => {
  const cursor = toCursor(key, Buffer.from('token'), query);
  test.each([
    ['of another list', () => toCursor(key, Buffer.from('token'), 'another query')],
    [
      'of another installation',
      () => toCursor(createSecretKey(Buffer.alloc(32, 2)), Buffer.from('token'), query),
    ],
    [
      'that a caller has sealed',
      () => {
        const token = Buffer.from('token');
        const seal = createHash('sha256').update(query).update('\0').update(token).digest();
        return Buffer.concat([seal.subarray(0, 16), token]).toString('base64url');
      },
    ],
    ['that was cut', () => cursor.slice(0, -1)],
    ['that was extended', () => `${cursor}A`],
    ['that is empty', () => ''],
    ['that is no cursor', () => 'next, please'],
    ['with a seal alone', () => toCursor(key, Buffer.alloc(0), query)],
  ])('%s', (_, garbage) => {
    expect(() => parseCursor(key, garbage(), query)).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMETERS' }),
    );
  });
});

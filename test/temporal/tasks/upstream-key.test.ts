import { createSecretKey } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { deriveInstallationKey } from '../../../src/encryption/index.ts';
import { toUpstreamKey } from '../../../src/temporal/tasks/upstream-key.ts';

const secret = createSecretKey(Buffer.alloc(32, 1));
const other = createSecretKey(Buffer.alloc(32, 2));

describe('the key of a request', () => {
  test('is the same each time, so that an upstream knows the request again', () => {
    const key = toUpstreamKey(secret, 'local:report', 'print');
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(toUpstreamKey(secret, 'local:report', 'print')).toBe(key);
  });

  test.each([
    ['another installation', toUpstreamKey(other, 'local:report', 'print')],
    ['another principal', toUpstreamKey(secret, 'alice:report', 'print')],
    ['another key', toUpstreamKey(secret, 'local:report2', 'print')],
    ['another request under a key that was forgotten', toUpstreamKey(secret, 'local:report', '2')],
    ['parts that run into each other', toUpstreamKey(secret, 'local:reportp', 'rint')],
  ])('is another for %s', (_, key) => {
    expect(key).not.toBe(toUpstreamKey(secret, 'local:report', 'print'));
  });
});

test('an installation has a key that tells nothing of what it was derived from', () => {
  const derived = deriveInstallationKey(secret);
  expect(derived.equals(secret)).toBe(false);
  expect(derived.equals(deriveInstallationKey(secret))).toBe(true);
  expect(derived.equals(deriveInstallationKey(other))).toBe(false);
  expect(deriveInstallationKey('one').equals(deriveInstallationKey('two'))).toBe(false);
});

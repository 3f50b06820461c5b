import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Lane } from '../../../src/contract/lane.ts';
import { parseTaskRef, toTaskRef } from '../../../src/contract/task-ref.ts';
import { createKeyText, parseKey } from '../../../src/encryption/index.ts';
import {
  createKey,
  parseShownPrincipal,
  toIdPart,
  toKeyPart,
  toPrincipalId,
  toWorkflowId,
} from '../../../src/temporal/calls/identity.ts';
import { hostileText } from '../../support/operations/hostile-values.ts';

const halves = fc.constantFrom('v\ud800', 'v\udbff', 'v\udc00');
const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.stringMatching(/^h_[A-Za-z0-9_-]{0,50}$/),
  fc.stringMatching(/^[A-Za-z0-9._~:-]{0,70}$/),
);

describe('a part of a workflow id', () => {
  test.each([
    ['nightly-report.2', 'nightly-report.2'],
    ['~a_b', '~a_b'],
    ['x'.repeat(64), 'x'.repeat(64)],
  ])('is %s as it came where that is safe and short', (text, part) => {
    expect(toIdPart(text)).toBe(part);
  });

  test.each([
    ['nothing', ''],
    ['65 characters', 'x'.repeat(65)],
    ['a colon', 'a:b'],
    ['a quote', "a'b"],
    ['a newline', 'a\n'],
    ['unicode', 'größe'],
    ['the mark of a hash', 'h_a'],
  ])('is a hash for %s', (_, text) => {
    expect(toIdPart(text)).toMatch(/^h_[A-Za-z0-9_-]{43}$/);
  });

  test('is none for half a surrogate pair, which as UTF-8 would be any other half', () => {
    fc.assert(
      fc.property(fc.oneof(halves, hostileText), (text) => {
        fc.pre(!text.isWellFormed());
        const refusal = expect.objectContaining({ code: 'INVALID_PARAMETERS' });
        expect(() => toIdPart(text)).toThrow(refusal);
      }),
    );
  });

  test('is found by the name of its principal, and by what Temporal shows for it', () => {
    for (const principal of [
      'ci',
      'https://login.example.com tenant acme',
      'h_a',
      'x'.repeat(65),
    ]) {
      const shown = toPrincipalId(principal);
      expect(shown).toBe(toIdPart(principal));
      expect(toPrincipalId(parseShownPrincipal(principal))).toBe(shown);
      expect(toPrincipalId(parseShownPrincipal(shown))).toBe(shown);
    }
  });

  test('is never shared by two different texts', () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        expect(toIdPart(one) === toIdPart(other)).toBe(one === other);
        expect(toIdPart(toIdPart(one)) === toIdPart(one)).toBe(toIdPart(one) === one);
      }),
    );
  });
});

describe('a workflow id', () => {
  test('stays below 255 bytes, whoever calls with whatever key', () => {
    fc.assert(
      fc.property(anyText, anyText, (principal, key) => {
        const id = toWorkflowId(principal, toIdPart(key));
        expect(Buffer.byteLength(id)).toBeLessThan(255);
        expect(id).toMatch(/^[A-Za-z0-9._~-]+:[A-Za-z0-9._~-]+$/);
      }),
    );
  });

  test('tells principals apart', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, anyText, (p1, k1, p2, k2) => {
        const same = toWorkflowId(p1, toIdPart(k1)) === toWorkflowId(p2, toIdPart(k2));
        expect(same).toBe(p1 === p2 && k1 === k2);
      }),
    );
  });
});

test('a key that is made up is used as it is, and never twice', () => {
  const keys = Array.from({ length: 10_000 }, createKey);
  expect(keys.filter((key) => toIdPart(key) !== key)).toEqual([]);
  expect(new Set(keys).size).toBe(keys.length);
});

describe('a task_ref', () => {
  test('carries key part and run id there and back, in visible ASCII of at most 128 characters', () => {
    fc.assert(
      fc.property(
        anyText,
        fc.uuid(),
        fc.constantFrom<Lane>('workflow', 'activity'),
        (key, runId, lane) => {
          const keyPart = toIdPart(key);
          const text = toTaskRef({ lane, keyPart, runId });
          expect(text).toMatch(/^[\x21-\x7e]{1,128}$/);
          expect(parseTaskRef(text)).toEqual({ lane, keyPart, runId });
        },
      ),
    );
  });

  test.each([
    [''],
    ['.'],
    ['key'],
    ['key.'],
    ['.AaH8BmGJcfiFdqcL-Jp5lA'],
    ['key.AaH8BmGJcfiFdqcL-Jp5l'],
    ['key.AaH8BmGJcfiFdqcL-Jp5lAA'],
    ['key.AaH8BmGJcfiFdqcL-Jp5lB'], // the same bytes, spelled otherwise
    ['key.AaH8BmGJcfiFdqcL+Jp5lA'],
    ['key .AaH8BmGJcfiFdqcL-Jp5lA'],
    ['key.AaH8BmGJcfiFdqcL-Jp5lA\n'],
    [`${'k'.repeat(65)}.AaH8BmGJcfiFdqcL-Jp5lA`],
    ['other:key.AaH8BmGJcfiFdqcL-Jp5lA'],
  ])('%j is malformed', (text) => {
    expect(parseTaskRef(text)).toBeNull();
  });

  test('is either malformed or read back as it was written', () => {
    fc.assert(
      fc.property(
        fc.oneof(anyText, fc.stringMatching(/^[a-z.]{1,5}\.a?[A-Za-z0-9_-]{22}$/)),
        (text) => {
          const ref = parseTaskRef(text);
          expect(ref === null || toTaskRef(ref) === text).toBe(true);
        },
      ),
    );
  });
});

test('a key that was made up is its own id part, and no command line takes it for a flag', () => {
  for (let round = 0; round < 500; round += 1) {
    const key = createKey();
    expect(key).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{11}$/);
    expect(toIdPart(key)).toBe(key);
  }
});

describe('with a key for names', () => {
  const nameKey = parseKey(createKeyText())!;

  test('an idempotency key becomes a name that tells nothing, the same each time', () => {
    const part = toKeyPart('alice', 'order-1', nameKey);
    expect(part).toMatch(/^h_[A-Za-z0-9_-]{43}$/);
    expect(part).not.toBe(toIdPart('h_order-1'));
    expect(toKeyPart('alice', 'order-1', nameKey)).toBe(part);
  });

  test('equal keys of two principals, and of two installations, have different names', () => {
    const part = toKeyPart('alice', 'order-1', nameKey);
    expect(toKeyPart('bob', 'order-1', nameKey)).not.toBe(part);
    expect(toKeyPart('alice', 'order-1', parseKey(createKeyText()))).not.toBe(part);
  });
});

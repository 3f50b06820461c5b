import { describe, expect, test } from '@jest/globals';
import { checkQuestions } from '../../../src/operations/input/questions.ts';

const asking = (property: object, more: object = {}) => ({
  key: {
    message: 'Which?',
    requestedSchema: { type: 'object', properties: { field: property }, ...more },
  },
});

describe('questions', () => {
  test.each<[string, object]>([
    ['text', { type: 'string', title: 'Name', minLength: 1, default: 'x' }],
    ['an address', { type: 'string', format: 'email' }],
    ['a choice', { type: 'string', enum: ['a'], enumNames: ['A'] }],
    ['a titled choice', { type: 'string', oneOf: [{ const: 'a', title: 'A' }] }],
    ['a number', { type: 'integer', minimum: 1, maximum: 3 }],
    ['yes or no', { type: 'boolean', default: false }],
    ['several', { type: 'array', items: { anyOf: [{ const: 'a', title: 'A' }] } }],
  ])('for %s can be put', (_, property) => {
    expect(checkQuestions(asking(property))).toEqual(asking(property));
  });

  test.each<[string, unknown, RegExp]>([
    ['none at all', {}, /there is no question/],
    ['no object', 'approve?', /expected record/],
    [
      'a question without a message',
      { key: { requestedSchema: { type: 'object' } } },
      /key\/message/,
    ],
    [
      'a nested object',
      asking({ type: 'object', properties: {} }),
      /properties\/field: expected a field of a form: [^|]*$/,
    ],
    ['a format that clients do not know', asking({ type: 'string', format: 'uuid' }), /field/],
    [
      'a required field that is not there',
      asking({ type: 'string' }, { required: ['no'] }),
      /required/,
    ],
    ['a key that no wire carries', { 'a b': asking({ type: 'boolean' }).key }, /1 to 64 of/],
    [
      'too many',
      Object.fromEntries(
        Array.from({ length: 17 }, (_, n) => [n, asking({ type: 'boolean' }).key]),
      ),
      /at most 16 questions/,
    ],
    [
      'too much text',
      asking({ type: 'string', description: 'x'.repeat(20_000) }),
      /at most 16384 bytes/,
    ],
  ])('are refused for %s', (_, asked, message) => {
    expect(() => checkQuestions(asked)).toThrow(message);
  });
});

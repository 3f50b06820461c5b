import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { toTaskError } from '../../../src/contract/errors.ts';
import { parseJson } from '../../../src/contract/json/exact-number.ts';
import type { InputResponse } from '../../../src/contract/input.ts';
import { checkAnswers } from '../../../src/operations/input/answers.ts';
import { checkQuestions } from '../../../src/operations/input/questions.ts';

const requests = checkQuestions({
  approval: {
    message: 'Pay?',
    requestedSchema: {
      type: 'object',
      properties: {
        approve: { type: 'boolean' },
        amount: { type: 'number', minimum: 0, maximum: 100 },
        day: { type: 'string', format: 'date' },
        mail: { type: 'string', format: 'email' },
        note: { type: 'string', maxLength: 5 },
        size: { type: 'string', enum: ['s', 'm'], enumNames: ['Small', 'Medium'] },
        colour: { type: 'string', oneOf: [{ const: 'r', title: 'Red' }] },
        toppings: { type: 'array', items: { type: 'string', enum: ['a', 'b'] }, maxItems: 1 },
        count: { type: 'integer', default: 3 },
      },
      required: ['approve'],
    },
  },
});

const accept = (content: object) => ({ approval: { action: 'accept', content } as InputResponse });

function refusal(responses: object): unknown {
  try {
    return checkAnswers(requests, responses as Record<string, InputResponse>);
  } catch (thrown) {
    return toTaskError(thrown);
  }
}

describe('an answer', () => {
  test.each<[string, object]>([
    ['what is required', { approve: true }],
    ['a number in range', { approve: false, amount: 100 }],
    ['a date', { approve: true, day: '2026-11-21' }],
    ['a mail address', { approve: true, mail: 'a@example.com' }],
    ['a value of a list', { approve: true, size: 's' }],
    ['a titled value', { approve: true, colour: 'r' }],
    ['several values', { approve: true, toppings: ['b'] }],
  ])('with %s is taken, and defaults are filled in', (_, content) => {
    expect(checkAnswers(requests, accept(content))).toEqual(accept({ count: 3, ...content }));
  });

  test.each<[string, object, string]>([
    ['nothing', {}, '/approval/content/approve'],
    ['a wrong type', { approve: 'yes' }, '/approval/content/approve'],
    ['half a character', { approve: true, note: 'a\ud800' }, '/approval/content/note'],
    ['a number out of range', { approve: true, amount: 101 }, '/approval/content/amount'],
    ['no date', { approve: true, day: 'tomorrow' }, '/approval/content/day'],
    ['no mail address', { approve: true, mail: 'me' }, '/approval/content/mail'],
    ['a long text', { approve: true, note: '123456' }, '/approval/content/note'],
    ['a value that is not on the list', { approve: true, size: 'xl' }, '/approval/content/size'],
    ['a title instead of a value', { approve: true, colour: 'Red' }, '/approval/content/colour'],
    ['too many values', { approve: true, toppings: ['a', 'b'] }, '/approval/content/toppings'],
    ['a field nobody asked for', { approve: true, extra: 1 }, '/approval/content/extra'],
    ['a fraction', { approve: true, count: 1.5 }, '/approval/content/count'],
    [
      'more digits than code reads',
      parseJson('{"approve":true,"count":9007199254740993}') as object,
      '/approval/content/count',
    ],
  ])('with %s is refused, with the path', (_, content, path) => {
    expect(refusal(accept(content))).toMatchObject({
      code: 'INVALID_PARAMETERS',
      message: expect.stringContaining(path),
      details: { issues: expect.arrayContaining([expect.objectContaining({ path })]) },
    });
  });

  test.each<[string, object, string]>([
    ['an unknown action', { action: 'maybe' }, '/approval/action'],
    ['no content', { action: 'accept' }, '/approval/content'],
    ['a list for content', { action: 'accept', content: [] }, '/approval/content'],
  ])('with %s is refused', (_, response, path) => {
    expect(refusal({ approval: response })).toMatchObject({
      details: { issues: [{ path, message: expect.any(String) }] },
    });
  });

  test('that declines or cancels needs no content, and brings none along', () => {
    for (const action of ['decline', 'cancel'] as const) {
      const response = { action, content: { approve: 'no matter' } };
      expect(checkAnswers(requests, { approval: response })).toEqual({ approval: { action } });
    }
  });

  test('to a question that was not asked is left out', () => {
    expect(checkAnswers(requests, { other: { action: 'decline' } })).toEqual({});
  });

  test('of any kind is taken whole or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('approval', 'x'), fc.anything()), (responses) => {
        const given = JSON.parse(JSON.stringify(responses)) as Record<string, InputResponse>;
        for (const key of Object.keys(given)) given[key] ??= {} as InputResponse;
        expect(['object', 'INVALID_PARAMETERS']).toContain(outcome(given));
      }),
    );
  });
});

function outcome(responses: Record<string, InputResponse>): unknown {
  const result = refusal(responses) as { code?: unknown };
  return result.code ?? typeof result;
}

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Json } from '../../../../src/contract/json.ts';
import { readInputSchema } from '../../../../src/operations/schema/read.ts';
import {
  parseRequest,
  type RequestDeclaration,
} from '../../../../src/operations/kinds/http/request-template.ts';

const { shown } = readInputSchema({
  properties: {
    id: { type: 'string' },
    count: { type: 'integer', default: 1 },
    note: { type: 'string' },
    address: { type: 'object', properties: { city: { type: 'string' } } },
    open: { type: 'object', additionalProperties: true },
    tags: { type: 'array', items: { type: 'string' } },
  },
  required: ['id'],
});
const parse = (change: Partial<RequestDeclaration>) =>
  parseRequest({ method: 'POST', url: 'https://x.com/a', headers: {}, ...change }, shown, {});
const secrets = new Map([['env:TOKEN', 't0ken']]);
const render = (change: Partial<RequestDeclaration>, fields: Json) =>
  parse(change).render({ fields, secrets });

describe('a body', () => {
  test.each<[Json, Json, Json | undefined]>([
    ['{id}', { id: 'x' }, 'x'],
    ['{count}', { count: 3 }, 3],
    [
      { n: '{count}', all: '{address}' },
      { count: 3, address: { city: 'Bonn' } },
      { n: 3, all: { city: 'Bonn' } },
    ],
    [{ text: 'for {id}: {count}' }, { id: 'x', count: 3 }, { text: 'for x: 3' }],
    [{ note: '{note}', say: 'note {note}', id: '{id}' }, { id: 'x' }, { id: 'x' }],
    [{ city: '{address.city}' }, {}, {}],
    [['{note}', '{id}', 1, null, true], { id: 'x' }, ['x', 1, null, true]],
    [{ note: '{note}' }, { note: null }, { note: null }],
    [{ key: '${env:TOKEN}', braces: '{{id}}' }, {}, { key: 't0ken', braces: '{id}' }],
    ['{note}', {}, undefined],
    [{ constructor: 'x', toString: '{id}' }, { id: 'y' }, { constructor: 'x', toString: 'y' }],
  ])('%j with %j is %j', (body, fields, expected) => {
    const rendered = render({ body }, fields);
    expect(rendered.body).toBe(expected === undefined ? null : JSON.stringify(expected));
    expect(rendered.headers['content-type']).toBe(
      expected === undefined ? undefined : 'application/json',
    );
  });

  test('carries any value of an exact placeholder unchanged', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (open) => {
        const { body } = render({ body: { open: '{open}' } }, { open: open as Json });
        expect(JSON.parse(body as string)).toEqual(JSON.parse(JSON.stringify({ open })));
      }),
    );
  });
});

describe('a header', () => {
  test('is filled with parameters and secrets, and left out where a field is absent', () => {
    const { headers } = render(
      { headers: { Authorization: 'Bearer ${env:TOKEN}', 'X-Id': '{id}', 'X-Note': '{note}' } },
      { id: 'ü' },
    );
    expect(headers).toEqual({
      accept: expect.any(String),
      'user-agent': 'longhaul',
      authorization: 'Bearer t0ken',
      'x-id': 'ü',
    });
  });

  test.each([['a\r\nX-Evil: 1'], ['a\nb'], ['a\0b'], ['漢字'], ['\u007f']])(
    'refuses the value %j',
    (id) => {
      expect(() => render({ headers: { 'X-Id': '{id}' } }, { id })).toThrow(
        expect.objectContaining({
          code: 'INVALID_PARAMETERS',
          message: expect.stringContaining('/id: '),
        }),
      );
    },
  );

  test('never gets a line break, whatever the parameters are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (id) => {
        let value: string | undefined;
        try {
          value = render({ headers: { 'X-Id': '{id}' } }, { id }).headers['x-id'];
        } catch {
          return;
        }
        expect(value).toBe(id);
        expect(value).not.toMatch(/[\r\n\0]/);
      }),
    );
  });

  test('names the reference of a secret that cannot stand in it, not its value', () => {
    const template = parse({ headers: { 'X-Key': '${env:TOKEN}' } });
    const values = { fields: {}, secrets: new Map([['env:TOKEN', 'two\nlines']]) };
    expect(() => template.render(values)).toThrow(
      expect.objectContaining({ code: 'INTERNAL', message: expect.stringContaining('env:TOKEN') }),
    );
    expect(() => template.render(values)).not.toThrow('two');
  });
});

describe('a request is refused', () => {
  test.each<[string, Partial<RequestDeclaration>, string]>([
    [
      'for an unknown field',
      { body: '{colour}' },
      'the input has no field colour; it has: id, count',
    ],
    [
      'for an unknown nested field',
      { body: '{address.street}' },
      'has no field street; it has: city',
    ],
    ['for an optional field in the path', { url: 'https://x.com/{note}' }, 'must require it'],
    ['for a body of GET', { method: 'GET', body: {} }, 'a GET request has no body'],
    [
      'for a body that is not JSON',
      { body: {}, headers: { 'Content-Type': 'text/xml' } },
      'is a text',
    ],
    ['for an unquoted placeholder', { body: { id: { id: null } } }, 'write it in quotes: "{id}"'],
    [
      'for a header that frames the message',
      { headers: { 'Content-Length': '3' } },
      'sets it by itself',
    ],
    ['for the header Host', { headers: { host: 'evil.com' } }, 'sets it by itself'],
    ['for a header name with a space', { headers: { 'X Id': '1' } }, 'no header name'],
    ['for a header that is there twice', { headers: { 'X-Id': '1', 'x-id': '2' } }, 'used twice'],
    ['for a line break in a header', { headers: { 'X-Id': 'a\nb' } }, 'one line'],
  ])('%s', (_, change, sentence) => {
    expect(() => parse(change)).toThrow(TypeError);
    expect(() => parse(change)).toThrow(sentence);
  });

  test('but not for fields of an open object, or a default in the path', () => {
    expect(() => parse({ url: 'https://x.com/{count}', body: '{open.anything}' })).not.toThrow();
  });
});

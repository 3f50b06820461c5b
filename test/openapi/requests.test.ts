// What a description says of one request, as a declaration: parameters and bodies of every kind.
import { describe, expect, test } from '@jest/globals';
import { declareThing, take } from './take.ts';

const body = (type: string, schema: object) => ({
  requestBody: { required: true, content: { [type]: { schema } } },
});
const FIELDS = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string' },
    id: { type: 'integer', description: 'Its number.', default: 7 },
    made_at: { type: 'string', readOnly: true },
  },
};
const input = (properties: object, required: readonly string[]) => ({
  type: 'object',
  properties: { id: { type: 'string' }, ...properties },
  required: ['id', ...required],
});

describe('parameters', () => {
  test('of path, query, header and cookie each become one of the operation', async () => {
    const { declaration, said } = await declareThing({
      parameters: [
        { name: 'tags[]', in: 'query', schema: { type: 'array', items: { type: 'string' } } },
        { name: 'ids', in: 'query', explode: false, schema: { type: 'array' } },
        { name: 'X-Trace', in: 'header', schema: { type: 'string' } },
        { name: 'X-Key-Version', in: 'header', required: true, schema: { enum: ['2026-01'] } },
        { name: 'session', in: 'cookie', required: true, schema: { type: 'string' } },
        { name: 'Accept', in: 'header', schema: { type: 'string' } },
        { name: 'X-Api-Key', in: 'header', schema: { type: 'string' } },
        { name: 'Idempotency-Key', in: 'header', schema: { type: 'string' } },
        { name: 'limit', in: 'query', schema: { anyOf: [{ type: 'integer' }, { type: 'null' }] } },
        { name: 'handle', in: 'query', schema: { type: ['integer', 'null'], maximum: 9 } },
      ],
    });
    expect(said).toEqual([]);
    expect(declaration).toMatchObject({
      idempotent: true,
      request: {
        url: 'https://api.example.com/things/{id}?tags%5B%5D={tags}&ids={ids}&limit={limit}&handle={query_handle}',
        headers: {
          'x-trace': '{X-Trace}',
          'x-key-version': '2026-01',
          'x-api-key': '${env:THINGS_KEY}',
          cookie: 'session={session}',
        },
      },
    });
    expect(declaration['input']).toEqual(
      input(
        {
          tags: { type: 'array', items: { type: 'string' } },
          ids: { type: 'string', description: 'Several values are separated by commas.' },
          'X-Trace': { type: 'string' },
          session: { type: 'string' },
          limit: { type: ['integer', 'null'] },
          query_handle: { type: ['integer', 'null'], maximum: 9 },
        },
        ['session'],
      ),
    );
  });
});

describe('a body', () => {
  const fields = {
    name: { type: 'string' },
    body_id: { type: 'integer', description: 'Its number. Default: 7.' },
  };
  const sent = { name: '{name}', id: '{body_id}' };

  test.each<[string, object, object, object]>([
    ['application/json', FIELDS, { body: sent }, input(fields, ['name'])],
    [
      'application/merge-patch+json',
      { allOf: [FIELDS] },
      { body: sent, headers: { 'content-type': 'application/merge-patch+json' } },
      input(fields, ['name']),
    ],
    [
      'application/x-www-form-urlencoded',
      FIELDS,
      { body: sent, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      input(fields, ['name']),
    ],
    [
      'multipart/form-data',
      { type: 'object', properties: { scan: { type: 'string', format: 'binary' } } },
      { body: { scan: { file: '{scan}' } }, headers: { 'content-type': 'multipart/form-data' } },
      input({ scan: { type: 'string', description: 'The URI of a file, longhaul://files/…' } }, []),
    ],
    [
      'text/csv',
      { type: 'string' },
      { body: '{body}', headers: { 'content-type': 'text/csv' } },
      input({ body: { type: 'string' } }, ['body']),
    ],
    [
      'image/png',
      {},
      { file: '{file}', headers: { 'content-type': 'image/png' } },
      input({ file: { type: 'string', description: 'The URI of a file, longhaul://files/…' } }, [
        'file',
      ]),
    ],
    [
      'application/json',
      { type: 'array', items: { type: 'number', exclusiveMinimum: 0 } },
      { body: '{body}' },
      input({ body: { type: 'array', items: { type: 'number', exclusiveMinimum: 0 } } }, ['body']),
    ],
    [
      'application/json',
      { oneOf: [{ type: 'object', properties: { a: { const: 1 } } }, { type: 'string' }] },
      { body: '{body}' },
      input(
        {
          body: {
            anyOf: [{ type: 'object', properties: { a: { const: 1 } } }, { type: 'string' }],
          },
        },
        ['body'],
      ),
    ],
  ])('of %s becomes a template', async (type, schema, request, expected) => {
    const { declaration, said } = await declareThing(body(type, schema));
    expect(said).toEqual([]);
    expect(declaration['request']).toEqual({
      method: 'POST',
      url: 'https://api.example.com/things/{id}',
      ...request,
    });
    expect(declaration['input']).toEqual(expected);
  });

  test('of Swagger 2 is a form, with files', async () => {
    const { declared } = await take({
      'api.json': JSON.stringify({
        swagger: '2.0',
        info: { title: 'Old', version: '1' },
        host: 'old.example.com',
        basePath: '/v1/',
        paths: {
          '/x': {
            post: {
              operationId: 'x',
              consumes: ['multipart/form-data'],
              parameters: [
                { name: 'scan', in: 'formData', type: 'file', required: true },
                { name: 'note', in: 'formData', type: 'string', 'x-nullable': true },
              ],
            },
          },
        },
      }),
    });
    expect(declared['x']).toMatchObject({
      input: { properties: { note: { type: ['string', 'null'] } }, required: ['scan'] },
      request: {
        url: 'https://old.example.com/v1/x',
        body: { scan: { file: '{scan}' }, note: '{note}' },
      },
    });
  });
});

test('202 without a place to look says that its end is not waited for', async () => {
  const { declaration, notes } = await declareThing({ responses: { 202: { description: 'd' } } });
  expect(declaration).toMatchObject({ kind: 'http' });
  expect(notes.join()).toContain('its end is not waited for');
  expect(notes.join()).toContain('defineJob');
});

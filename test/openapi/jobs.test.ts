// Which operations of a description are one job, and which are none.
import { expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import type { JsonObject } from '../../src/contract/json.ts';
import { take } from './take.ts';

/** The declaration of the operation `start`, of a description with these paths. */
async function startOf(paths: object, components: object = {}): Promise<JsonObject> {
  const { declared, said } = await take({
    'api.yaml': stringify({
      openapi: '3.0.0',
      info: { title: 'Jobs', version: '1' },
      servers: [{ url: 'https://api.example.com' }],
      paths,
      components,
    }),
  });
  expect(said).toEqual([]);
  return declared['start']!;
}

const answer = (status: number, parts: object = {}) => ({
  [status]: { description: 'd', ...parts },
});
const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const lro = (via?: string) => ({
  'x-ms-long-running-operation': true,
  ...(via !== undefined && { 'x-ms-long-running-operation-options': { 'final-state-via': via } }),
});

test.each<[string, string, object, object]>([
  [
    'an operation of Azure whose result is at its Location',
    'post',
    { ...lro('location'), responses: answer(202, { headers: { 'Azure-AsyncOperation': {} } }) },
    {
      submit: {
        handle: {
          operation: '$response.header.Azure-AsyncOperation',
          location: '$response.header.Location',
        },
      },
      poll: {
        url: '{handle.operation}',
        status: '/status',
        failed: expect.arrayContaining(['Failed']),
      },
      result: { url: '{handle.location}' },
    },
  ],
  [
    'an operation of Azure that is told by its Location',
    'post',
    { ...lro(), responses: answer(202) },
    {
      submit: { handle: '$response.header.Location' },
      poll: { status: '$statusCode', running: [202] },
    },
  ],
  [
    'a resource of Azure that is read again',
    'put',
    { ...lro('original-uri'), responses: answer(201) },
    { poll: { url: 'https://api.example.com/start', status: '/properties/provisioningState' } },
  ],
  [
    'an operation of AIP-151 without one that reads it',
    'post',
    {
      responses: answer(
        200,
        json({
          properties: {
            name: { type: 'string' },
            done: { type: 'boolean' },
            response: {},
            error: {},
          },
        }),
      ),
    },
    { submit: { handle: '/name' }, poll: { url: 'https://api.example.com/{+handle}' } },
  ],
  [
    '202 with a Location that nothing describes',
    'post',
    { responses: answer(202, { headers: { location: {} } }) },
    {
      submit: { handle: '$response.header.Location' },
      poll: {
        done: [{ $statusCode: [200], '/status': 'absent' }, { '/status': expect.anything() }],
      },
    },
  ],
  [
    'what answers with 202 when it is asked to',
    'post',
    {
      parameters: [{ name: 'Prefer', in: 'header', schema: { enum: ['respond-async'] } }],
      responses: answer(202, { headers: { 'Operation-Location': {} } }),
    },
    { submit: { headers: { prefer: 'respond-async' } }, poll: { url: '{handle}' } },
  ],
])('%s is a job', async (_, method, operation, expected) => {
  const declaration = await startOf({
    '/start': {
      [method]: { operationId: 'start', ...operation },
      ...(method === 'put' && { get: { responses: answer(200) } }),
    },
  });
  expect(declaration).toMatchObject({ kind: 'http_job', ...expected });
});

test('a thing that has a status, but not that of work, is no job', async () => {
  const schema = {
    type: 'object',
    properties: {
      id: { type: 'string' },
      status: { enum: ['draft', 'published'] },
      done: { type: 'boolean' },
    },
  };
  const answer = { 200: { description: 'd', content: { 'application/json': { schema } } } };
  const { declared } = await take({
    'api.yaml': stringify({
      openapi: '3.0.0',
      info: { title: 'Posts', version: '1' },
      servers: [{ url: 'https://api.example.com' }],
      paths: {
        '/posts': { post: { operationId: 'create', responses: answer } },
        '/posts/{id}': {
          get: { parameters: [{ name: 'id', in: 'path', required: true }], responses: answer },
        },
      },
    }),
  });
  expect(declared['create']).toMatchObject({ kind: 'http' });
});

test('what is done to a thing that is there already starts no job', async () => {
  const message = {
    type: 'object',
    properties: {
      id: { type: 'string' },
      run_id: { type: 'string' },
      status: { enum: ['running', 'completed'] },
    },
  };
  const at = (name: string) => [{ name, in: 'path', required: true, schema: { type: 'string' } }];
  const declaration = await startOf({
    '/messages/{id}': {
      post: { operationId: 'start', parameters: at('id'), responses: answer(200, json(message)) },
    },
    '/runs/{run_id}': { get: { parameters: at('run_id'), responses: answer(200, json(message)) } },
  });
  expect(declaration).toMatchObject({ kind: 'http' });
});

test('links say which operations are those of a job', async () => {
  const job = { type: 'object', properties: { state: { enum: ['running', 'done', 'failed'] } } };
  const path = { name: 'key', in: 'path', required: true, schema: { type: 'string' } };
  const parameters = { key: '$response.body#/job/key' };
  const { declared, said } = await take({
    'api.yaml': stringify({
      openapi: '3.0.0',
      info: { title: 'Linked', version: '1' },
      servers: [{ url: 'https://api.example.com' }],
      paths: {
        '/start': {
          post: {
            operationId: 'start',
            responses: {
              201: {
                description: 'd',
                links: {
                  status: { operationId: 'look', parameters },
                  result: { operationRef: '#/paths/~1out~1{key}/get', parameters },
                  cancel: { operationId: 'stop', parameters },
                },
              },
            },
          },
        },
        '/state/{key}': {
          parameters: [path],
          get: {
            operationId: 'look',
            responses: {
              200: { description: 'd', content: { 'application/json': { schema: job } } },
            },
          },
          delete: { operationId: 'stop' },
        },
        '/out/{key}': {
          get: {
            parameters: [path],
            responses: {
              200: {
                description: 'd',
                content: {
                  'application/pdf': {},
                  'application/json': { schema: { type: 'string' } },
                },
              },
            },
          },
        },
      },
    }),
  });
  expect(said).toEqual([]);
  expect(declared['start']).toMatchObject({
    kind: 'http_job',
    submit: { handle: '/job/key' },
    poll: {
      url: 'https://api.example.com/state/{handle}',
      status: '/state',
      done: ['done'],
      failed: ['failed'],
      running: ['running'],
    },
    result: { url: 'https://api.example.com/out/{handle}', store: true },
    cancel: { method: 'DELETE', url: 'https://api.example.com/state/{handle}' },
  });
});

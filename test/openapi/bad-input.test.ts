// Descriptions that are broken, huge, recursive or lying: what is wrong is named by file and line, and the rest is taken.
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readDescription, takeOperations } from '../../src/openapi/index.ts';
import { createWorkspace } from '../support/files/workspace.ts';
import { startFakeUpstream } from '../support/peers/upstream.ts';
import { take } from './take.ts';

const HEAD = `openapi: 3.0.3
info: { title: Things API, version: '1' }
servers: [{ url: https://api.example.com }]
paths:
  /good: { get: { operationId: good, responses: { 200: { description: fine } } } }
`;

describe('a description that cannot be read', () => {
  test.each<[string, string, string]>([
    ['broken YAML', `${HEAD}  /x: {\n`, 'api.yaml:7:1'],
    ['a broken bracket in JSON', '{ "openapi": "3.0.0", \n "paths": { ]', 'api.yaml:2:13'],
    ['no description', 'a: 1\n', 'api.yaml:1:1: is no description'],
    ['a version to come', 'openapi: 4.0.0\n', 'api.yaml:1:1: is no description'],
    ['endless nesting', `openapi: 3.0.0\npaths: ${'['.repeat(20_000)}`, 'nested more deeply'],
    [
      'deep nesting in JSON',
      `{"openapi":"3.0.0","a":${'['.repeat(9_000)}${']'.repeat(9_000)}}`,
      'nested more deeply',
    ],
    [
      'aliases without end',
      `openapi: 3.0.0\na: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c]\n`,
      'api.yaml',
    ],
  ])('such as %s is refused by line', async (_, text, message) => {
    await expect(take({ 'api.yaml': text })).rejects.toThrow(message);
  });

  test('nor are more than 64 MiB', async () => {
    const text = `openapi: 3.0.0\n# ${'x'.repeat(65 * 1024 * 1024)}`;
    await expect(take({ 'api.yaml': text })).rejects.toThrow('at most 67108864 bytes');
  });
});

describe('a description that is wrong in places', () => {
  test.each<[string, string, string]>([
    [
      'a key that stands twice',
      `  /b: { get: { operationId: b, operationId: c } }\n`,
      'api.yaml:6:32: this key stands twice',
    ],
    [
      'two paths that say the same',
      `  /a/{x}: { get: { operationId: ax, parameters: [{ name: x, in: path, required: true }] } }\n  /a/{y}: { get: { operationId: ay, parameters: [{ name: y, in: path, required: true }] } }\n`,
      'api.yaml:7:11: /a/{y} says the same as /a/{x}',
    ],
    [
      'an operationId that is used twice',
      `  /b: { get: { operationId: good } }\n`,
      'api.yaml:6:14: the operationId good is used twice',
    ],
    [
      'a parameter that is declared twice',
      `  /b:\n    get:\n      parameters:\n        - { name: q, in: query }\n        - { name: q, in: query }\n`,
      'api.yaml:10:11: the parameter q is declared twice',
    ],
    [
      'a path that names nothing',
      `  /b/{id}: { get: { operationId: b } }\n`,
      'api.yaml:6:19: the path names {id}, which no parameter declares',
    ],
    [
      'a parameter that its path does not have',
      `  /b:\n    get: { parameters: [{ name: id, in: path, required: true }] }\n`,
      'api.yaml:7:25: the path has no {id}',
    ],
    [
      'a parameter in no place',
      `  /b:\n    get: { parameters: [{ name: q, in: heap }] }\n`,
      'there is no place "heap"',
    ],
    [
      'a header that frames the message',
      `  /b:\n    get: { parameters: [{ name: Content-Length, in: header, schema: { type: string } }] }\n`,
      '"Content-Length" is no header that may be set',
    ],
    [
      'a $ref to nothing',
      `  /b:\n    get: { parameters: [{ $ref: '#/components/parameters/none' }] }\n`,
      'api.yaml:7:25: $ref "#/components/parameters/none": there is nothing',
    ],
    [
      'a $ref in a circle',
      `  /b:\n    get: { parameters: [{ $ref: '#/components/parameters/a' }] }\ncomponents: { parameters: { a: { $ref: '#/components/parameters/b' }, b: { $ref: '#/components/parameters/a' } } }\n`,
      'api.yaml:7:25: $ref: leads in a circle',
    ],
    [
      'a scheme that is not there',
      `  /b: { get: { security: [{ none: [] }] } }\n`,
      'api.yaml:6:27: there is no security scheme "none"',
    ],
    [
      'a type that is not there',
      `  /b:\n    get: { parameters: [{ name: q, in: query, schema: { type: varchar } }] }\n`,
      'there is no type "varchar"',
    ],
    [
      'a server variable that is not there',
      `  /b: { get: { servers: [{ url: 'https://{x}.example.com' }] } }\n`,
      'the URL names {x}, which is no variable of it',
    ],
    [
      'a link that leads nowhere',
      `  /b:\n    post:\n      responses:\n        202: { description: d, links: { get: { operationId: none } } }\n`,
      'the link get leads to "none", which is no operation',
    ],
    [
      'a link that says its operation twice',
      `  /b:\n    post:\n      responses:\n        202: { description: d, links: { get: { operationId: good, operationRef: '#/paths/~1good/get' } } }\n`,
      'operationId counts',
    ],
    [
      'a token URL on this network',
      `  /b: { get: { security: [{ o: [] }] } }\ncomponents: { securitySchemes: { o: { type: oauth2, flows: { clientCredentials: { tokenUrl: 'http://10.0.0.1/token', scopes: {} } } } } }\n`,
      'tokenUrl: 10.0.0.1 is no public host',
    ],
  ])('such as %s is taken but for that', async (_, more, said) => {
    const taken = await take({ 'api.yaml': HEAD + more });
    expect(taken.said.join('\n')).toContain(said);
    expect(taken.declared).toHaveProperty('good');
  });

  test.each([
    'http://127.0.0.1:8080',
    'http://localhost',
    'http://169.254.169.254/latest',
    'https://[fd00::1]/',
    'https://metadata.internal',
    'https://intranet',
    'file:///etc',
    'https://me:pw@api.example.com',
  ])('is not asked at %s, unless a person says so', async (url) => {
    const description = HEAD.replace('https://api.example.com', `'${url}'`);
    const { declared, said } = await take({ 'api.yaml': description });
    expect(declared).toEqual({});
    expect(said.join('\n')).toMatch(/^api\.yaml:3:11: .*name the server yourself: --server URL$/m);
    const named = await take({ 'api.yaml': description }, ['*'], 'http://127.0.0.1:1');
    expect(named.declared['good']).toMatchObject({ request: { url: 'http://127.0.0.1:1/good' } });
  });

  test('says what was asked for and is not there', async () => {
    const { said } = await take({ 'api.yaml': HEAD }, ['good', 'none']);
    expect(said).toEqual(['api.yaml:1:1: nothing is called none']);
  });

  test('and recursive is cut, however many ways lead round', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `p${index}`);
    const properties = names.map((name) => `${name}: { $ref: '#/components/schemas/node' }`);
    const { declared } = await take({
      'api.yaml': `${HEAD}  /b:
    post:
      operationId: b
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/node' } } } }
components: { schemas: { node: { type: object, properties: { ${properties.join(', ')} } } } }\n`,
    });
    expect(JSON.stringify(declared['b']).length).toBeLessThan(80_000);
  });

  test('and hostile in its texts puts nothing but text into a configuration', async () => {
    const evil = JSON.stringify('x\n  evil: { kind: http }\u001b[2J ${env:HOME} {q}');
    const { declared } = await take({
      'api.yaml': `${HEAD}  /b:
    post:
      operationId: ${evil}
      summary: ${evil}
      parameters: [{ name: ${evil}, in: query, schema: { type: string, enum: [${evil}] }, required: true }]
      requestBody: { content: { application/json: { schema: { type: object, properties: { __proto__: { type: string }, ${evil}: { type: string } } } } } }\n`,
    });
    expect(Object.keys(declared)).toHaveLength(2);
    expect(JSON.stringify(declared)).not.toContain('\u001b');
    const { url, body } = Object.values(declared)[1]!['request'] as {
      url: string;
      body: Record<string, string>;
    };
    expect(JSON.stringify([url, ...Object.values(body)])).not.toMatch(/\$\{env|[^{]\{q\}/);
  });
});

describe('files of a description', () => {
  const REFERS = (reference: string) => `${HEAD}  /b: { $ref: '${reference}' }\n`;
  const ITEM = 'get: { operationId: b, responses: { 200: { description: fine } } }\n';

  test('are read beneath its folder, from one to the next', async () => {
    const { declared, said } = await take({
      'api.yaml': REFERS('paths/b.yaml'),
      'paths/b.yaml': `get: { operationId: b, parameters: [{ $ref: '../parts.json#/limit' }] }\n`,
      'parts.json':
        '{ "limit": { "name": "limit", "in": "query", "schema": { "type": "integer" } } }',
    });
    expect(said).toEqual([]);
    expect(declared['b']).toMatchObject({
      request: { url: 'https://api.example.com/b?limit={limit}' },
    });
  });

  test.each([
    ['../outside.yaml', 'leads outside the folder'],
    ['/etc/passwd', 'leads outside the folder'],
    ['link.yaml', 'leads outside the folder'],
    ['file://host/a.yaml', 'refers to files alone'],
    ['https://evil.example/b.yaml', 'refers to files alone'],
    ['none.yaml', 'there is no such file'],
    ['broken.yaml', 'broken.yaml:1:2'],
  ])('such as %s are not read, and said by line', async (reference, message) => {
    await using workspace = await createWorkspace({
      'api/api.yaml': REFERS(reference),
      'api/broken.yaml': '{',
      'outside.yaml': ITEM,
    });
    const folder = join(workspace.directory, 'api');
    await mkdir(folder, { recursive: true });
    await symlink(join(dirname(folder), 'outside.yaml'), join(folder, 'link.yaml'));
    const { declared, findings } = takeOperations(await readDescription('api.yaml', folder), {
      include: ['*'],
    });
    expect(declared.map(({ name }) => name)).toEqual(['good']);
    expect(findings[0]?.source).toMatch(/^api\.yaml:6:/);
    expect(findings[0]?.message).toContain(message);
  });

  test('change the hash that pins it, each of them', async () => {
    await using workspace = await createWorkspace({ 'api.yaml': REFERS('b.yaml'), 'b.yaml': ITEM });
    const hash = async () => (await readDescription('api.yaml', workspace.directory)).hash;
    const before = await hash();
    expect(await hash()).toBe(before);
    await writeFile(join(workspace.directory, 'b.yaml'), `${ITEM}#`);
    expect(await hash()).not.toBe(before);
  });

  test('of a URL come from its origin alone, and a server elsewhere is said', async () => {
    await using other = await startFakeUpstream([{ body: ITEM }]);
    await using upstream = await startFakeUpstream(({ path }) =>
      path === '/api.yaml'
        ? {
            body: `${REFERS('b.yaml')}  /c: { $ref: '${other.url}/c.yaml' }\n  /d: { $ref: 'moved.yaml' }\n`,
          }
        : path === '/b.yaml'
          ? { body: ITEM }
          : { status: 302, headers: { location: `${other.url}/d.yaml` } },
    );
    const { declared, findings } = takeOperations(
      await readDescription(`${upstream.url}/api.yaml`, '/'),
      { include: ['*'] },
    );
    expect(declared.map(({ name }) => name)).toEqual(['good', 'b']);
    expect(other.requests).toEqual([]);
    const said = findings.map(({ source, message }) => `${source}: ${message}`).join('\n');
    expect(said).toContain(`leads to another origin than ${upstream.url}`);
    expect(said).toContain('api.yaml:8:7: $ref "moved.yaml": cannot be read');
    expect(said).toContain(
      'the server https://api.example.com is another than that of the description',
    );
  });
});

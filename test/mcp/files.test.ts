// Files at the protocol's edge: links beside answers, resources for clients of both eras, plain HTTP with the same gate.
import { createHash } from 'node:crypto';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, test } from '@jest/globals';
import type { FileReference, Files } from '../../src/contract/file.ts';
import { parseRange } from '../../src/mcp/http/range.ts';
import { createFiles } from '../../src/storage/files.ts';
import { createFace, type Face } from '../support/face.ts';
import { startGateway } from '../support/gateway.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { startStaticGate } from '../support/static-gate.ts';

const open = () => {
  const { store, objects } = createMemoryStore();
  return { files: createFiles({ store, maxBytes: 4_000_000 }), objects };
};

const connect = async (kind: 'modern' | 'legacy' | 'sdk 1', { target }: Face) => {
  const url = new URL(target.url);
  const { fetch } = target;
  const client =
    kind === 'sdk 1'
      ? new OldClient({ name: 'test', version: '1' })
      : new Client(
          { name: 'test', version: '1' },
          { versionNegotiation: { mode: kind === 'modern' ? 'auto' : 'legacy' } },
        );
  const transport =
    client instanceof OldClient
      ? new OldTransport(url, { fetch })
      : new StreamableHTTPClientTransport(url, { fetch });
  await client.connect(transport as never);
  return client as Client;
};

describe.each(['modern', 'legacy', 'sdk 1'] as const)('a %s client', (kind) => {
  const withFiles = async (files: Files) => {
    const face = createFace({ files });
    const client = await connect(kind, face);
    return { face, client, [Symbol.asyncDispose]: () => client.close() };
  };

  test('reads a file that a task returned', async () => {
    const { files } = open();
    await using opened = await withFiles(files);
    const { client, face } = opened;
    const { uri } = await files.write('local', [Buffer.from('{"ä":1}')], 'application/json');
    expect((await client.readResource({ uri })).contents).toEqual([
      expect.objectContaining({ uri, mimeType: 'application/json', text: '{"ä":1}' }),
    ]);
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      'longhaul://files/{name}{?offset,length}',
    ]);
    expect((await client.listResources()).resources).toEqual([]);
    expect(face.errors).toEqual([]);
  });

  test('reads a large file part by part, and is told how', async () => {
    const { files } = open();
    await using opened = await withFiles(files);
    const { client } = opened;
    const bytes = Buffer.alloc(2_500_000, 'not the same everywhere ');
    const { uri, sha256 } = await files.write('local', [bytes], 'image/png');
    await expect(client.readResource({ uri })).rejects.toThrow(
      /2500000 bytes.*\?offset=0&length=1048576/,
    );
    const hash = createHash('sha256');
    for (let offset = 0; offset < bytes.length; offset += 1_048_576) {
      const part = await client.readResource({ uri: `${uri}?offset=${offset}&length=1048576` });
      const [content] = part.contents as { blob: string }[];
      hash.update(Buffer.from(content!.blob, 'base64'));
    }
    expect(hash.digest('hex')).toBe(sha256);
  });

  test('is answered alike for what never was, what is malformed, and what is somebody else’s', async () => {
    const { files } = open();
    await using opened = await withFiles(files);
    const { uri: foreign } = await files.write('other', [Buffer.from('x')], 'text/plain');
    const messages = await Promise.all(
      [
        foreign,
        `longhaul://files/${'0'.repeat(64)}`,
        'longhaul://files/../x',
        `${foreign}?x=1`,
        'file:///etc/passwd',
      ].map(async (uri) => {
        const failure = await opened.client.readResource({ uri }).catch((error: unknown) => error);
        const { code, message } = failure as { code: number; message: string };
        return [code, message.replace(uri, '<uri>')];
      }),
    );
    expect(new Set(messages.map((message) => JSON.stringify(message))).size).toBe(1);
    expect(messages[0]).toEqual([-32602, expect.stringContaining('<uri>')]);
  });

  test('gets the file of a finished task as a link, beside the JSON that names it', async () => {
    const { files } = open();
    await using opened = await withFiles(files);
    const { client, face } = opened;
    const file = await files.write('local', [Buffer.from('pdf')], 'application/pdf');
    await client.listTools(); // clients check answers against what was listed
    const started = await client.callTool({
      name: 'initiate_background_task',
      arguments: { operation_type: 'sleep', parameters: { seconds: 1 } },
    });
    const { task_ref } = started.structuredContent as { task_ref: string };
    face.tasks.set(task_ref, { status: 'completed', result: file, attempt: 1 });
    const read = await client.callTool({
      name: 'resolve_task_status',
      arguments: { task_ref },
    });
    const { uri, size, mimeType } = file;
    expect(read.content).toContainEqual({
      type: 'resource_link',
      name: 'result',
      uri,
      size,
      mimeType,
    });
    expect(read.structuredContent).toMatchObject({
      result: file,
      next_step: expect.stringContaining(uri),
    });
  });

  test('sees no resources where no files are kept', async () => {
    const face = createFace();
    const client = await connect(kind, face);
    expect(client.getServerCapabilities()?.resources).toBeUndefined();
    await client.close();
  });
});

test('the tool of an operation promises a file beside its result, and links it', async () => {
  const { files } = open();
  const face = createFace({ files });
  const client = await connect('modern', face);
  await client.listTools();
  const file = await files.write('local', [Buffer.from('{}')], 'application/json');
  const call = client.callTool({ name: 'sleep', arguments: { seconds: 1 } });
  await face.tasks.whenWaiting();
  const { tasks } = await face.tasks.list({ principal: 'local' }, { limit: 1 });
  face.tasks.set(tasks[0]!.taskRef, { status: 'completed', result: file, attempt: 1 });
  const { structuredContent, content } = await call; // the client has checked it against the schema
  expect(structuredContent).toEqual(file);
  expect(content.map(({ type }) => type)).toEqual(['text', 'resource_link']);
  await client.close();
});

test('files within a result are linked by the names of their fields', async () => {
  const { files } = open();
  const face = createFace({ files });
  const client = await connect('modern', face);
  const pdf = await files.write('local', [Buffer.from('pdf')], 'application/pdf');
  const call = client.callTool({ name: 'sleep', arguments: { seconds: 1 } });
  await face.tasks.whenWaiting();
  const { tasks } = await face.tasks.list({ principal: 'local' }, { limit: 1 });
  const result = { slept: 1, pdf, others: [pdf] };
  face.tasks.set(tasks[0]!.taskRef, { status: 'completed', result, attempt: 1 });
  expect((await call).content.slice(1)).toMatchObject([{ name: 'pdf', uri: pdf.uri }]);
  await client.close();
});

describe('over HTTP', () => {
  const start = async (files: Files) => {
    const guard = await startStaticGate({
      ann: undefined,
      bob: undefined,
      reader: ['tasks:read'],
    });
    const gateway = await startGateway({ gate: guard.gate }, { files, principal: null });
    const url = gateway.url.replace(/\/mcp$/, '/files');
    return {
      upload: (who: string, body: BodyInit, type = 'text/plain') =>
        fetch(url, {
          method: 'POST',
          body,
          duplex: 'half',
          headers: { authorization: guard.headerOf(who), 'content-type': type },
        } as RequestInit),
      get: (who: string, name: string, headers: Record<string, string> = {}, method = 'GET') =>
        fetch(`${url}/${name}`, {
          method,
          headers: { authorization: guard.headerOf(who), ...headers },
        }),
      [Symbol.asyncDispose]: async () => {
        await gateway[Symbol.asyncDispose]();
        await guard[Symbol.asyncDispose]();
      },
    };
  };
  const nameOf = ({ uri }: FileReference) => uri.slice('longhaul://files/'.length);

  test('a file goes up, and comes down again as it was, for nobody else', async () => {
    await using gateway = await start(open().files);
    const stored = await gateway.upload('ann', 'hello');
    expect(stored.status).toBe(201);
    const reference = (await stored.json()) as FileReference;
    expect(stored.headers.get('location')).toBe(`/files/${nameOf(reference)}`);
    const got = await gateway.get('ann', nameOf(reference));
    expect(await got.text()).toBe('hello');
    expect(Object.fromEntries(got.headers)).toMatchObject({
      'content-type': 'text/plain',
      'content-length': '5',
      'repr-digest': `sha-256=:${Buffer.from(reference.sha256, 'hex').toString('base64')}:`,
      'content-disposition': 'attachment',
      'x-content-type-options': 'nosniff',
    });
    const head = await gateway.get('ann', nameOf(reference), {}, 'HEAD');
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['5', '']);
    const foreign = await gateway.get('bob', nameOf(reference));
    const unknown = await gateway.get('bob', '0'.repeat(64));
    expect([foreign.status, await foreign.text()]).toEqual([404, await unknown.text()]);
  });

  test('nobody comes past the gate, and each scope allows its own', async () => {
    await using gateway = await start(open().files);
    const { status, headers } = await gateway.upload('stranger', 'x');
    expect([status, headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Bearer/),
    ]);
    expect((await gateway.upload('reader', 'x')).status).toBe(403);
    expect((await gateway.get('stranger', '0'.repeat(64))).status).toBe(401);
    expect((await gateway.get('reader', '0'.repeat(64))).status).toBe(404);
    expect((await gateway.get('ann', '', {}, 'DELETE')).status).toBe(405);
  });

  test.each([
    ['bytes=1-2', 206, 'el', 'bytes 1-2/5'],
    ['bytes=3-', 206, 'lo', 'bytes 3-4/5'],
    ['bytes=-2', 206, 'lo', 'bytes 3-4/5'],
    ['bytes=0-99', 206, 'hello', 'bytes 0-4/5'],
    ['bytes=0-1,3-4', 200, 'hello', null],
    ['lines=1-2', 200, 'hello', null],
    ['bytes=9-', 416, expect.stringContaining('5 bytes'), 'bytes */5'],
  ])('the range %s is answered %i', async (range, status, text, contentRange) => {
    await using gateway = await start(open().files);
    const reference = (await (await gateway.upload('ann', 'hello')).json()) as FileReference;
    const got = await gateway.get('ann', nameOf(reference), { range });
    expect([got.status, await got.text(), got.headers.get('content-range')]).toEqual([
      status,
      text,
      contentRange,
    ]);
  });

  test('what is too large is refused, announced or not', async () => {
    await using gateway = await start(
      createFiles({ store: createMemoryStore().store, maxBytes: 10 }),
    );
    expect((await gateway.upload('ann', 'eleven byte')).status).toBe(413);
    let sent = 0;
    const endless = new ReadableStream({
      pull: (controller) => {
        controller.enqueue(Buffer.alloc(100));
        if ((sent += 100) > 100_000) controller.close();
      },
    });
    const refused = await gateway.upload('ann', endless);
    expect([refused.status, await refused.json()]).toMatchObject([
      413,
      { error: { code: 'RESULT_TOO_LARGE' } },
    ]);
  });

  test('a file that was damaged is told at once, or breaks off: it never ends as if it were whole', async () => {
    const { files, objects } = open();
    await using gateway = await start(files);
    const bytes = Buffer.alloc(2_000_000, 'x');
    const reference = (await (await gateway.upload('ann', bytes)).json()) as FileReference;
    const pieces = [...objects.keys()].filter((key) => key.includes('/pieces/'));
    objects.get(pieces[1]!)![7]! ^= 1;
    const broken = await gateway.get('ann', nameOf(reference));
    await expect(broken.arrayBuffer()).rejects.toThrow();
    objects.get(pieces[0]!)![7]! ^= 1;
    const refused = await gateway.get('ann', nameOf(reference));
    expect([refused.status, await refused.json()]).toMatchObject([
      500,
      { error: { code: 'FILE_DAMAGED' } },
    ]);
  });

  test('a media type that is none counts as bytes', async () => {
    await using gateway = await start(open().files);
    const stored = await gateway.upload('ann', 'x', 'nonsense');
    expect(await stored.json()).toMatchObject({ mimeType: 'application/octet-stream' });
  });
});

test.each([
  ['bytes=-0', 5, 'unsatisfiable'],
  ['bytes=0-', 0, 'unsatisfiable'],
  ['bytes=4-2', 5, null],
  ['bytes=-', 5, null],
  [undefined, 5, null],
])('the range %s of %i bytes is %p', (header, size, expected) => {
  expect(parseRange(header, size)).toEqual(expected);
});

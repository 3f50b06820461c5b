// Files at the protocol's edge: links beside answers, and resources for clients of both eras.
import { createHash } from 'node:crypto';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, test } from '@jest/globals';
import type { Files } from '../../src/contract/file.ts';
import { createFiles } from '../../src/storage/files.ts';
import { createFace, type Face } from '../support/gateways/face.ts';
import { createMemoryStore } from '../support/peers/memory-store.ts';

const open = () => {
  const { store } = createMemoryStore();
  return { files: createFiles({ store, maxBytes: 4_000_000 }) };
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
  await client.connect(transport);
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
      'longhaul://tasks/{task_ref}/result',
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

  test('sees results of tasks alone where no files are kept', async () => {
    const face = createFace();
    const client = await connect(kind, face);
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates).toMatchObject([{ name: 'result' }]);
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

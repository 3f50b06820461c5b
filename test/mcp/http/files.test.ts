// Files over plain HTTP: the same gate as for MCP, streams up and down, and no damaged file that looks whole.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { FileReference, Files } from '../../../src/contract/file.ts';
import { parseRange } from '../../../src/mcp/http/range.ts';
import { createFiles } from '../../../src/storage/files.ts';
import { startGateway } from '../../support/gateways/http-gateway.ts';
import { createMemoryStore } from '../../support/peers/memory-store.ts';
import { startStaticGate } from '../../support/gateways/static-gate.ts';

const open = () => {
  const { store, objects } = createMemoryStore();
  return { files: createFiles({ store, maxBytes: 4_000_000 }), objects };
};

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
      upload: (who: string, body: RequestInit['body'], type = 'text/plain') =>
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

  test('one principal has eight transfers at a time, and takes none from another', async () => {
    await using gateway = await start(open().files);
    const { readable, writable } = new TransformStream<Uint8Array>();
    const bodies = [readable];
    while (bodies.length < 8) bodies.push(...bodies.pop()!.tee());
    const writer = writable.getWriter();
    const held = bodies.map(async (body) => gateway.upload('ann', body));
    await writer.write(Buffer.from('begun'));
    let ninth = await gateway.upload('ann', 'x');
    // those that are held have to arrive first
    for (let tries = 0; ninth.status === 201 && tries < 500; tries += 1) {
      await sleep(20);
      ninth = await gateway.upload('ann', 'x');
    }
    expect([ninth.status, ninth.headers.get('retry-after')]).toEqual([429, '1']);
    expect((await gateway.upload('bob', 'x')).status).toBe(201);
    await writer.close();
    for (const { status } of await Promise.all(held)) expect(status).toBe(201);
    expect((await gateway.upload('ann', 'x')).status).toBe(201);
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

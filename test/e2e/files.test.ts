// Files from end to end, between processes: what is too large to travel with a task goes through gateway and worker, and
// back, in flat memory.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { isFileReference, type FileReference } from '../../src/contract/file.ts';
import { SEARCH_ATTRIBUTES } from '../../src/temporal/calls/search-attributes.ts';
import { startLonghaul, type Longhaul } from '../support/processes/longhaul.ts';
import { openMcpCaller, type McpCaller } from '../support/clients/mcp-caller.ts';
import {
  CAN_MEASURE_MEMORY,
  readPeakMemory,
  resetPeakMemory,
} from '../support/processes/memory.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';
import {
  createTemporaryDirectory,
  type TemporaryDirectory,
} from '../support/files/temporary-directory.ts';

jest.setTimeout(300_000);

const MIB = 1024 * 1024;

const CONFIGURATION = `
import { defineConfig, defineOperation } from 'longhaul';
import * as z from 'zod';

async function* swapped(chunks) {
  for await (const chunk of chunks) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).swap16();
}

export default defineConfig({
  server: { maxBodyBytes: 8_000_000 },
  storage: { mode: 'directory', maxFileBytes: 300_000_000 },
  builtins: false,
  operations: {
    swap: defineOperation({
      name: 'swap',
      description: 'Swaps the bytes of a file, two by two.',
      input: z.object({ file: z.string() }),
      policy: { totalTimeoutSeconds: 240, attemptTimeoutSeconds: 240 },
      run: async ({ file }, { open, store }) =>
        store(swapped((await open(file)).read()), 'application/x-swapped'),
    }),
    echo: defineOperation({
      name: 'echo',
      description: 'Returns its text.',
      input: z.object({ text: z.string() }),
      output: z.object({ text: z.string() }),
      run: ({ text }) => ({ text }),
    }),
  },
});
`;

let directory: TemporaryDirectory;
let temporal: TestTemporal;
let worker: Longhaul;
let gateway: Longhaul;
let caller: McpCaller;

beforeAll(async () => {
  directory = await createTemporaryDirectory();
  await writeFile(join(directory.path, 'longhaul.config.ts'), CONFIGURATION);
  temporal = await startTestTemporal(SEARCH_ATTRIBUTES);
  const options = { cwd: directory.path, env: { TEMPORAL_ADDRESS: temporal.address } };
  [worker, gateway] = await Promise.all([
    startLonghaul('worker', [], options),
    startLonghaul('serve', ['--port', '0'], options),
  ]);
  caller = openMcpCaller(gateway.mcpUrl, 1);
});

afterAll(async () => {
  await caller[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await worker[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

/** So many MiB, made as they are sent; no two pieces are equal. */
function* createContent(mebibytes: number): Generator<Buffer> {
  for (let n = 0; n < mebibytes * 16; n += 1) {
    const chunk = Buffer.alloc(64 * 1024, n & 0xff);
    chunk.writeUInt32BE(n);
    yield chunk;
  }
}

/** The result of a task, which is a file. */
async function run(operation: string, parameters: object): Promise<FileReference> {
  const { task_ref } = await caller.call('initiate_background_task', {
    operation_type: operation,
    parameters,
  });
  for (;;) {
    const answer = await caller.call('resolve_task_status', { task_ref, wait_seconds: 25 });
    if (answer.done !== true) continue;
    const { result } = answer as unknown as { readonly result: unknown };
    if (isFileReference(result)) return result;
    throw new Error(`no file: ${JSON.stringify(answer).slice(0, 1_000)}`);
  }
}

const filesUrl = () => gateway.mcpUrl.replace(/\/mcp$/, '/files');

async function upload(mebibytes: number): Promise<FileReference> {
  const body = Readable.toWeb(Readable.from(createContent(mebibytes)));
  const init = { method: 'POST', body, duplex: 'half' } as unknown as RequestInit;
  const answer = await fetch(filesUrl(), init);
  return (await answer.json()) as FileReference;
}

/** Up, through the worker, and down again; returns what the last step got. */
async function goThrough(mebibytes: number): Promise<{ size: number; sha256: string }> {
  const uploaded = await upload(mebibytes);
  const { uri } = await run('swap', { file: uploaded.uri });
  const answer = await fetch(`${filesUrl()}/${uri.slice('longhaul://files/'.length)}`);
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { size, sha256: hash.digest('hex') };
}

/** What is to come back. */
const hashOf = (mebibytes: number) => {
  const hash = createHash('sha256');
  for (const chunk of createContent(mebibytes)) hash.update(chunk.swap16());
  return hash.digest('hex');
};

test('50 MiB go through and back', async () => {
  expect(await goThrough(50)).toEqual({ size: 50 * MIB, sha256: hashOf(50) });
});

// A process that held the file would grow by all of it, if not by several times as much. What V8 leaves uncollected for a
// while is up to 64 MiB, whatever the size.
test('four times as much needs hardly more memory, neither in the gateway nor in the worker', async () => {
  const processes = [gateway, worker].filter(() => CAN_MEASURE_MEMORY);
  await Promise.all(processes.map(({ pid }) => resetPeakMemory(pid)));
  const before = await Promise.all(processes.map(({ pid }) => readPeakMemory(pid)));
  expect((await goThrough(200)).size).toBe(200 * MIB);
  const after = await Promise.all(processes.map(({ pid }) => readPeakMemory(pid)));
  for (const [index, peak] of after.entries()) {
    expect((peak - before[index]!) / MIB).toBeLessThan(100);
  }
});

test('parameters and results of a few MiB may come as JSON, too', async () => {
  const text = 'a few MiB '.repeat(500_000);
  const result = await run('echo', { text });
  expect(result.mimeType).toBe('application/json');
  const parts: string[] = [];
  for (let offset = 0; offset < result.size; offset += MIB) {
    const uri = `${result.uri}?offset=${offset}&length=${MIB}`;
    const { contents } = (await caller.request('resources/read', { uri, name: uri })) as {
      readonly contents: readonly { readonly text: string }[];
    };
    parts.push(contents[0]!.text);
  }
  expect((JSON.parse(parts.join('')) as { text: string }).text === text).toBe(true);
});

// The README is what people copy from: its links, its answers and its files are held against the product.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { initiateAnswerSchema, taskAnswerSchema } from '../../src/tasks/answer.ts';
import { builtinOperations } from '../../src/operations/builtin/index.ts';
import { connectClient } from '../support/clients/mcp-clients.ts';
import { createHome } from '../support/processes/home.ts';
import { startLonghaul } from '../support/processes/longhaul.ts';
import { awaitEnd } from '../support/clients/follow-task.ts';
import { startFakeUpstream } from '../support/peers/upstream.ts';

const ROOT = new URL('../../', import.meta.url);
const README = await readFile(new URL('README.md', ROOT), 'utf8');
const LIMIT_MS = 300_000;

/** The code block with this title. */
function block(title: string): string {
  const found = new RegExp(`\`\`\`\\w+ title=${title}\n([^]*?)\`\`\``).exec(README);
  if (found?.[1] === undefined) throw new Error(`README.md has no block ${title}`);
  return found[1];
}

const answer = (title: string) => JSON.parse(block(title)) as Record<string, unknown>;

describe('README.md', () => {
  test('links to files that exist', () => {
    const targets = [...README.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target]) => target!);
    expect(targets).not.toHaveLength(0);
    expect(targets.filter((target) => !existsSync(new URL(target, ROOT)))).toEqual([]);
  });

  test('names npm scripts that exist', async () => {
    const manifest = await readFile(new URL('package.json', ROOT), 'utf8');
    const { scripts } = JSON.parse(manifest) as { scripts: Record<string, string> };
    const named = [...README.matchAll(/npm (?:run )?(start|test|demo)\b/g)].map(
      ([, name]) => name!,
    );
    expect(new Set(named)).toEqual(new Set(['start', 'test', 'demo']));
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });

  test.each(builtinOperations().map(({ name, description }) => ({ name, description })))(
    'shows $name as the start prints it',
    ({ name, description }) => {
      const [sentence = ''] = /^.*?[.](?=\s|$)/.exec(description) ?? [];
      expect(README.replaceAll(/ {2,}/g, ' ')).toContain(`\n ${name} ${sentence}\n`);
    },
  );

  test('shows answers that have the published form', () => {
    expect(initiateAnswerSchema.parse(answer('initiate'))).toEqual(answer('initiate'));
    expect(taskAnswerSchema.parse(answer('resolve'))).toEqual(answer('resolve'));
    const result = { ...answer('resolve'), ...answer('result') };
    expect(taskAnswerSchema.parse(result)).toEqual(result);
    expect(taskAnswerSchema.parse(answer('handle'))).toEqual(answer('handle'));
  });

  test(
    'shows an operation without code that an agent can run',
    async () => {
      const example = await readFile(new URL('examples/services/replicate.yaml', ROOT), 'utf8');
      const written = block('longhaul.config.yaml');
      expect(example).toContain(written);
      await using upstream = await startFakeUpstream(({ method, path, headers }) => {
        if (headers.authorization !== 'Bearer secret') return 401;
        const get = `http://${String(headers.host)}/v1/predictions/j1`;
        return method === 'POST'
          ? { status: 201, body: { urls: { get, cancel: `${get}/cancel` } } }
          : { body: path === '/v1/predictions/j1' && { status: 'succeeded', output: ['a.png'] } };
      });
      const task = await runWith(
        { 'longhaul.config.yaml': written.replaceAll('https://api.replicate.com', upstream.url) },
        { REPLICATE_TOKEN: 'secret' },
        {
          operation_type: 'replicate_predict',
          parameters: { version: 'v1', input: { prompt: 'a cat' } },
        },
      );
      expect(task).toMatchObject({ status: 'completed', result: ['a.png'] });
      expect(upstream.requests[0]).toMatchObject({
        method: 'POST',
        json: { version: 'v1', input: { prompt: 'a cat' } },
      });
    },
    LIMIT_MS,
  );

  test(
    'shows an operation in code that an agent can run',
    async () => {
      const shop = `export const shop = {
        refund: async (order: string, { signal, idempotencyKey }: { signal: AbortSignal; idempotencyKey: string }) =>
          ({ order, refunded: !signal.aborted, under: idempotencyKey }) };`;
      const task = await runWith(
        { 'longhaul.config.ts': block('longhaul.config.ts'), 'shop.ts': shop },
        {},
        { operation_type: 'refund_order', parameters: { order: 'A-1' }, idempotency_key: 'r-1' },
      );
      expect(task).toMatchObject({
        status: 'completed',
        result: { order: 'A-1', refunded: true, under: expect.stringMatching(/^[\w-]{43}$/) },
      });
    },
    LIMIT_MS,
  );
});

/** Starts `longhaul dev` in a folder with these files, and has an agent initiate a task and wait for it. */
async function runWith(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
  call: Record<string, unknown>,
): Promise<unknown> {
  await using home = await createHome();
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(home.path, name), content);
  }
  await using gateway = await startLonghaul('dev', ['--port', '0'], { cwd: home.path, env });
  await using client = await connectClient('client 2.4 modern', { url: gateway.mcpUrl });
  const { task_ref } = (await client.call('initiate_background_task', call)).json;
  const { json } = await awaitEnd(client, task_ref);
  await gateway.stop();
  return json;
}

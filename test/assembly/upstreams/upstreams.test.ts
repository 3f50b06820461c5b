// What is served of upstreams: what is pinned, or what the servers list now.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pinUpstreams } from '../../../src/commands/upstreams.ts';
import { loadSettings, type Role, type Settings } from '../../../src/assembly/settings.ts';
import { readPowers } from '../../../src/config/index.ts';
import { createServices } from '../../../src/operations/services.ts';
import { createWorkspace, type Workspace } from '../../support/files/workspace.ts';
import { callTool } from '../../support/operations/call-tool.ts';
import { until } from '../../support/operations/context.ts';
import { createTestContext } from '../../support/processes/command-context.ts';

const SERVER = fileURLToPath(new URL('../../support/peers/changing-server.js', import.meta.url));
const PINS = 'longhaul.upstreams.json';
const CONFIG = 'longhaul.config.json';

let workspace: Workspace;
const described = () => join(workspace.directory, 'described');
const effects = () => join(workspace.directory, 'effects');

const write = async (more: object = {}, args = [SERVER, described(), effects()]) => {
  const upstreams = { changing: { command: process.execPath, args, ...more } };
  await workspace.write(CONFIG, JSON.stringify({ builtins: false, upstreams }));
};
const load = async (role: Role): Promise<Settings> =>
  loadSettings(createTestContext(workspace.directory), { config: CONFIG }, role);
const namesOf = ({ offered }: Settings) => offered.all.map(({ operation }) => operation.name);
const pin = async (flags: object = {}) => {
  const context = createTestContext(workspace.directory);
  const code = await pinUpstreams(context, [], { config: CONFIG, ...flags });
  return { code, output: context.output(), errors: context.errors() };
};

/** Calls tools as a worker with these settings does. */
function createCaller({ registry, host }: Settings) {
  const services = createServices(host);
  return {
    call: async (name: string, args: object = {}) => {
      const { operation } = registry.get(name);
      return callTool(operation, args, { services, idempotencyKey: String(Math.random()) });
    },
    [Symbol.asyncDispose]: async () => services[Symbol.asyncDispose](),
  };
}

beforeAll(async () => {
  workspace = await createWorkspace();
  await write();
});
afterAll(async () => workspace[Symbol.asyncDispose]());

describe('a live list', () => {
  test('takes what the server says has changed, in this process and in another on the data directory', async () => {
    const [dev, session] = [await load('dev'), await load('stdio')];
    expect(namesOf(dev)).toEqual(['describe', 'grow', 'shelf']);
    let heard = 0;
    session.upstreams.onChange!(() => (heard += 1));
    await using caller = createCaller(dev);
    await caller.call('grow');
    await until(() => namesOf(dev).includes('grown'), 'the new tool');
    expect(await caller.call('grown')).toMatchObject({ content: [{ text: 'it grew' }] });
    await until(() => namesOf(session).includes('grown'), 'the new tool in the other process');
    expect(heard).toBe(1);
  });

  test('is read again when the server is connected again', async () => {
    const dev = await load('dev');
    await writeFile(described(), 'Second.');
    await using caller = createCaller(dev);
    await caller.call('shelf');
    const find = () => dev.offered.get('shelf').operation.description;
    await until(() => find() === 'Second.', 'the new description');
    expect(find()).toBe('Second.');
  });

  test('gives a session no reason to replace a worker, unless a limit of the fleet is new', async () => {
    const before = (await load('stdio')).config.fingerprint;
    await writeFile(described(), 'Third.');
    await load('dev');
    const after = await load('stdio');
    expect(after.offered.get('shelf').operation.description).toBe('Third.');
    expect(after.config.fingerprint).toBe(before);
  });
});

test('a tool is switched off by its name, and a name that nothing has is in the log', async () => {
  const args = [SERVER, described(), effects()];
  const upstreams = { changing: { command: process.execPath, args } };
  const tools = { operations: { grow: false, grwo: false } };
  await workspace.write(CONFIG, JSON.stringify({ builtins: false, upstreams, tools }));
  const context = createTestContext(workspace.directory);
  const settings = await loadSettings(context, { config: CONFIG }, 'dev');
  expect(namesOf(settings)).toEqual(['describe', 'shelf']);
  expect(context.errors()).toContain('no operation and no tool of an upstream is called grwo');
  await write();
});

describe('a pinned list', () => {
  beforeAll(async () => {
    await writeFile(described(), 'Reviewed.');
    await pin();
  });

  test('is served where no server can be reached, and is live for nobody', async () => {
    await write({ pin: true }, ['/nowhere']);
    const gateway = await load('serve');
    expect(namesOf(gateway)).toEqual(['describe', 'grow', 'shelf']);
    expect(gateway.upstreams.onChange).toBeNull();
    expect(gateway.offered.get('shelf').operation.description).toBe('Reviewed.');
    await write();
  });

  test('has names, descriptions, schemas and hashes', async () => {
    const { changing } = JSON.parse(await readFile(join(workspace.directory, PINS), 'utf8')) as {
      changing: Record<string, { hash: string; listed: object }[]>;
    };
    expect(changing['tools']![0]).toEqual({
      hash: expect.stringMatching(/^sha256-/) as never,
      listed: expect.objectContaining({
        name: 'describe',
        inputSchema: expect.anything() as object,
      }) as object,
    });
    expect(changing['prompts']!.map(({ listed }) => listed)).toMatchObject([{ name: 'greet' }]);
    expect(changing['resources']).toHaveLength(2);
    expect(changing['resourceTemplates']).toHaveLength(1);
  });

  test('refuses a tool that is described in another way by now, also while it is connected', async () => {
    await using caller = createCaller(await load('worker'));
    expect(await caller.call('shelf')).toMatchObject({ content: [{ text: 'books' }] });
    await caller.call('describe', { to: 'Poisoned.' });
    const refusal = {
      code: 'UPSTREAM_REJECTED',
      message:
        'upstream changing, tool shelf: its description changed since it was pinned, and it was not called: look at it, then run `longhaul upstreams pin changing`',
    };
    let refused: unknown = null;
    while (refused === null) {
      await sleep(50); // the server says it some milliseconds later
      await caller.call('shelf').catch((thrown: unknown) => (refused = thrown));
    }
    expect(refused).toMatchObject(refusal);
    const before = await readFile(effects(), 'utf8');
    await using fresh = createCaller(await load('worker'));
    await expect(fresh.call('shelf')).rejects.toMatchObject(refusal);
    expect(await readFile(effects(), 'utf8')).toBe(before);
    expect(await fresh.call('grow')).toMatchObject({ content: [{ text: 'grew' }] });
    expect(await pin({ check: true })).toMatchObject({
      code: 1,
      output: expect.stringContaining('upstream changing: tool "shelf": its description changed'),
    });
    await pin();
    await using again = createCaller(await load('worker'));
    expect(await again.call('shelf')).toMatchObject({ content: [{ text: 'books' }] });
    expect(await pin({ check: true })).toMatchObject({ code: 0 });
  });

  test('is written of those that can be asked, and says of each other one why not', async () => {
    const text = await readFile(join(workspace.directory, PINS), 'utf8');
    const args = [SERVER, described(), effects()];
    const upstreams = {
      away: { command: '/nowhere' },
      changing: { command: process.execPath, args },
      gone: { command: process.execPath, args: ['-e', ''] },
    };
    await workspace.write(CONFIG, JSON.stringify({ builtins: false, upstreams }));
    const failures = /upstream away: .+; it was not pinned\nupstream gone: .+; it was not pinned\n/;
    await writeFile(join(workspace.directory, PINS), '{}');
    const { code, output, errors } = await pin();
    expect([code, errors.split('\n').sort().join('\n') + '\n']).toEqual([
      1,
      expect.stringMatching(failures),
    ]);
    expect(output).toContain('Pinned changing in ');
    expect(await readFile(join(workspace.directory, PINS), 'utf8')).toBe(text);
    expect(await pin({ check: true })).toMatchObject({ code: 1, output: '' });
    await write();
  });

  test('that was changed by hand is not taken', async () => {
    const file = join(workspace.directory, PINS);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('Poisoned.', 'Harmless.'));
    await expect(load('serve')).rejects.toThrow('tools: an entry was changed by hand');
    await writeFile(file, text);
  });

  test('is approved with the configuration, and again once it is another', async () => {
    const { approvable } = await readPowers(join(workspace.directory, CONFIG), workspace.directory);
    expect([...approvable.contents.keys()]).toContain(join(workspace.directory, PINS));
  });

  test('is what `pin: true` waits for', async () => {
    const file = join(workspace.directory, PINS);
    const text = await readFile(file, 'utf8');
    await writeFile(file, '{}');
    await write({ pin: true });
    expect(namesOf(await load('dev'))).toEqual([]);
    await writeFile(file, text);
    expect(namesOf(await load('dev'))).toContain('shelf');
  });
});

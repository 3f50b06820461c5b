import { describe, expect, test } from '@jest/globals';
import { openDevCodec } from '../../src/assembly/dev-codec.ts';
import { openGate } from '../../src/assembly/gate.ts';
import { createResolved } from '../../src/assembly/resolved.ts';
import { createConfiguredRegistry } from '../../src/assembly/configuration.ts';
import { loadConfig } from '../../src/config/index.ts';
import { createKeyText } from '../../src/encryption/index.ts';
import { send } from '../support/gateways/http-gateway.ts';
import { createWorkspace } from '../support/files/workspace.ts';

const UI = 'http://127.0.0.1:8233';
const ENV = { KEY: createKeyText(), NAMES: createKeyText() };
const KEYS = `
encryption:
  keys: [{ id: k1, key: env:KEY }]
  nameKey: env:NAMES
  codecPort: 0
`;

async function open(configuration: string, env: Readonly<Record<string, string>> = ENV) {
  await using workspace = await createWorkspace({
    'longhaul.config.yaml': configuration,
    'longhaul.tokens': '',
  });
  const config = await loadConfig({ workingDirectory: workspace.directory, env });
  const warnings: unknown[] = [];
  const log = { warn: (...line: unknown[]) => void warnings.push(line) };
  const gate = await openGate(async () => '', config, createConfiguredRegistry(config), log);
  const resolved = createResolved({ env }, config, log);
  const codec = await openDevCodec({ config, resolved, log }, gate);
  const ask = async (origin: string) => {
    const body = '{"payloads":[]}';
    return (await send(`${codec.url!}/decode`, { headers: { origin }, body })).status;
  };
  return { codec, warnings, ask, [Symbol.asyncDispose]: () => codec[Symbol.asyncDispose]() };
}

describe('the codec server of longhaul dev', () => {
  test('answers the pages of its own UI, by either name of this machine, and no others', async () => {
    await using opened = await open(KEYS);
    expect(await opened.ask(UI)).toBe(403);
    opened.codec.allow(UI);
    expect(await opened.ask(UI)).toBe(200);
    expect(await opened.ask('http://localhost:8233')).toBe(200);
    expect(await opened.ask('http://127.0.0.1:3000')).toBe(403);
    expect(await opened.ask('https://evil.example')).toBe(403);
  });

  test('asks for a token where the gateway does', async () => {
    await using opened = await open(`${KEYS}auth: { mode: tokens }\n`);
    opened.codec.allow(UI);
    expect(await opened.ask(UI)).toBe(401);
  });

  test.each([
    ['without keys', 'encryption: {}', ENV],
    ['on a cluster, which has a UI of its own', KEYS, { ...ENV, TEMPORAL_ADDRESS: 'there:7233' }],
  ])('is not there %s', async (_, configuration, env) => {
    await using opened = await open(configuration, env);
    expect(opened.codec.url).toBeNull();
    expect(opened.warnings).toEqual([]);
  });

  test('is left out, and said to be, when its port is taken', async () => {
    await using first = await open(KEYS);
    const taken = new URL(first.codec.url!).port;
    await using second = await open(KEYS.replace('codecPort: 0', `codecPort: ${taken}`));
    expect(second.codec.url).toBeNull();
    expect(second.warnings).toHaveLength(1);
  });
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadTemporalAddress } from '../../../src/temporal/connection/address.ts';
import {
  createTemporaryDirectory,
  type TemporaryDirectory,
} from '../../support/files/temporary-directory.ts';

let directory: TemporaryDirectory;
let files = 0;

beforeAll(async () => {
  directory = await createTemporaryDirectory();
});
afterAll(async () => {
  await directory[Symbol.asyncDispose]();
});

/** An environment whose home has no temporal.toml. */
const bare = () => ({ HOME: directory.path, APPDATA: directory.path });

/** An environment that names a temporal.toml with this text. */
function withFile(text: string): Record<string, string> {
  files += 1;
  const path = join(directory.path, `temporal-${files}.toml`);
  writeFileSync(path, text);
  return { ...bare(), TEMPORAL_CONFIG_FILE: path };
}

describe('no address', () => {
  test.each([
    ['an empty environment', () => ({})],
    ['a home without a file', () => bare()],
    ['an empty variable', () => ({ ...bare(), TEMPORAL_ADDRESS: '', TEMPORAL_PROFILE: '' })],
    ['a namespace alone', () => ({ ...bare(), TEMPORAL_NAMESPACE: 'tasks' })],
    ['an empty file', () => withFile('')],
    ['a file with other profiles only', () => withFile('[profile.prod]\naddress = "prod:7233"')],
    ['a default profile without one', () => withFile('[profile.default]\nnamespace = "tasks"')],
  ])('%s leaves the embedded server in use', (_, env) => {
    expect(loadTemporalAddress({ env: env() })).toBeNull();
  });
});

describe('an address', () => {
  test('in the environment is enough', () => {
    const found = loadTemporalAddress({ env: { ...bare(), TEMPORAL_ADDRESS: 'temporal:7233' } });
    expect(found?.connectionOptions.address).toBe('temporal:7233');
    expect(found?.namespace).toBe('default');
    expect(found?.connectionOptions.tls).toBeUndefined();
  });

  test('comes from the default profile of the default file', () => {
    const home = join(directory.path, 'home');
    for (const place of ['.config', 'Library/Application Support', '.']) {
      const file = join(home, place, 'temporalio', 'temporal.toml');
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, '[profile.default]\naddress = "file:7233"\nnamespace = "tasks"');
    }
    const found = loadTemporalAddress({ env: { HOME: home, APPDATA: home } });
    expect(found?.connectionOptions.address).toBe('file:7233');
    expect(found?.namespace).toBe('tasks');
  });

  test('comes from the profile that is named', () => {
    const env = withFile('[profile.prod]\naddress = "prod:7233"');
    const found = loadTemporalAddress({ env: { ...env, TEMPORAL_PROFILE: 'prod' } });
    expect(found?.connectionOptions.address).toBe('prod:7233');
  });

  test('in the environment wins over the file', () => {
    const env = withFile('[profile.default]\naddress = "file:7233"\nnamespace = "tasks"');
    const found = loadTemporalAddress({ env: { ...env, TEMPORAL_ADDRESS: 'temporal:7233' } });
    expect(found).toMatchObject({
      namespace: 'tasks',
      connectionOptions: { address: 'temporal:7233' },
    });
  });

  test('with an API key is reached over TLS', () => {
    const env = { ...bare(), TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_API_KEY: 'secret' };
    expect(loadTemporalAddress({ env })?.connectionOptions).toMatchObject({
      tls: true,
      apiKey: 'secret',
    });
  });

  test('comes with its certificates and headers', () => {
    const certificate = join(directory.path, 'client.pem');
    writeFileSync(certificate, 'certificate');
    const env = {
      ...withFile(
        `[profile.default]\naddress = "prod:7233"\n[profile.default.grpc_meta]\nteam = "a"\n`,
      ),
      TEMPORAL_TLS_CLIENT_CERT_PATH: certificate,
      TEMPORAL_TLS_CLIENT_KEY_DATA: 'key',
      TEMPORAL_GRPC_META_ROUTE: 'b',
    };
    const { connectionOptions } = loadTemporalAddress({ env })!;
    expect(connectionOptions.metadata).toEqual({ team: 'a', route: 'b' });
    const { clientCertPair } = connectionOptions.tls as {
      clientCertPair: { crt: Uint8Array; key: Uint8Array };
    };
    expect(Buffer.from(clientCertPair.crt).toString()).toBe('certificate');
    expect(Buffer.from(clientCertPair.key).toString()).toBe('key');
  });

  test('is read from what is passed in, not from the environment of the process', () => {
    process.env['TEMPORAL_ADDRESS'] = 'ambient:7233';
    try {
      expect(loadTemporalAddress({ env: bare() })).toBeNull();
    } finally {
      delete process.env['TEMPORAL_ADDRESS'];
    }
  });
});

describe('a mistake', () => {
  const at = (env: Record<string, string>) => ({ ...env, TEMPORAL_ADDRESS: 'temporal:7233' });
  test.each([
    ['a file that is missing', () => ({ TEMPORAL_CONFIG_FILE: '/no/such.toml' }), '/no/such.toml'],
    ['a file that is no TOML', () => withFile('[profile'), 'Invalid TOML'],
    [
      'a profile that is missing',
      () => ({ ...withFile('[profile.a]'), TEMPORAL_PROFILE: 'b' }),
      "Profile 'b' not found",
    ],
    [
      'a profile that has no address',
      () => ({ ...withFile('[profile.a]\nnamespace = "x"'), TEMPORAL_PROFILE: 'a' }),
      'profile "a" has no address',
    ],
    [
      'an address that is no string',
      () => withFile('[profile.default]\naddress = 7233'),
      'address is 7233',
    ],
    [
      'TLS that is neither on nor off',
      () => at({ ...bare(), TEMPORAL_TLS: 'YES' }),
      'TEMPORAL_TLS',
    ],
    [
      'a certificate that is missing',
      () =>
        at({
          ...bare(),
          TEMPORAL_TLS_CLIENT_CERT_PATH: '/no/such.pem',
          TEMPORAL_TLS_CLIENT_KEY_DATA: 'key',
        }),
      '/no/such.pem',
    ],
    [
      'a certificate without a key',
      () => at({ ...bare(), TEMPORAL_TLS_CLIENT_CERT_DATA: 'certificate' }),
      'together with its key',
    ],
  ])('%s is told in one sentence', (_, env, part) => {
    let thrown: unknown;
    try {
      loadTemporalAddress({ env: env() });
    } catch (failure) {
      thrown = failure;
    }
    expect(thrown).toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    const { message } = thrown as Error;
    expect(message).toContain(part);
    expect(message).not.toContain('\n');
  });
});

// Where a process keeps its files, by its configuration.
import { randomBytes } from 'node:crypto';
import { chmod, readdir, readFile, truncate, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createConfiguredRegistry } from '../../src/assembly/configuration.ts';
import { openInOrder } from '../../src/assembly/open-in-order.ts';
import { createResolved } from '../../src/assembly/resolved.ts';
import { openStorage } from '../../src/assembly/storage.ts';
import { loadConfig } from '../../src/config/index.ts';
import type { OperationError } from '../../src/contract/errors.ts';
import { until } from '../support/operations/context.ts';
import { startTestS3 } from '../support/peers/s3.ts';
import { createWorkspace } from '../support/files/workspace.ts';

type Env = Readonly<Record<string, string>>;

const open = async (storage: string, env: Env = {}) =>
  openInOrder(async (add) => {
    const { directory } = add(await createWorkspace({ 'longhaul.config.yaml': storage }));
    const config = await loadConfig({ workingDirectory: directory, env });
    const resolved = createResolved({ env }, config, { warn: () => undefined });
    const opened = add(await openStorage({ env }, config, resolved));
    return { ...opened, config, directory };
  });

test('a directory that others can write keeps no files', async () => {
  await using elsewhere = await createWorkspace({});
  await chmod(elsewhere.directory, 0o777);
  const storage = `storage: { mode: directory, directory: ${elsewhere.directory} }`;
  await expect(open(storage)).rejects.toThrow(`chmod go-w ${elsewhere.directory}`);
});

const content = [Buffer.from('some words that can be found again')];

const filesIn = async (directory: string): Promise<string[]> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name));
};

describe('files are kept', () => {
  test('in the data directory, beside the embedded server', async () => {
    await using storage = await open('dataDirectory: data');
    await storage.files!.write('ann', content, 'text/plain');
    expect(await filesIn(join(storage.directory, 'data', 'files'))).toHaveLength(2);
  });

  test.each([
    ['over a cluster, unless told', '{}', { TEMPORAL_ADDRESS: 'localhost:1' }],
    ['where they are not wanted', 'storage: { mode: none }', {}],
  ] as const)('nowhere %s', async (_, configuration, env) => {
    await using storage = await open(configuration, env);
    expect(storage.files).toBeNull();
  });

  test('in the directory that the environment names', async () => {
    await using elsewhere = await createWorkspace({});
    await using storage = await open('{}', {
      TEMPORAL_ADDRESS: 'localhost:1',
      LONGHAUL_STORAGE_MODE: 'directory',
      LONGHAUL_STORAGE_DIRECTORY: elsewhere.directory,
    });
    await storage.files!.write('ann', content, 'text/plain');
    expect(await filesIn(elsewhere.directory)).toHaveLength(2);
  });

  test('in a bucket, with the usual variables or with references', async () => {
    await using s3 = await startTestS3();
    const { accessKeyId, secretAccessKey } = s3.credentials;
    await using usual = await open(`storage: { mode: s3, bucket: ${s3.bucket} }`, {
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: 'us-east-1',
    });
    const { uri } = await usual.files!.write('ann', content, 'text/plain');
    await using named = await open(
      `storage: { mode: s3, bucket: ${s3.bucket}, endpoint: '${s3.endpoint}', accessKeyId: 'env:KEY', secretAccessKey: 'env:SECRET' }`,
      { KEY: accessKeyId, SECRET: secretAccessKey, AWS_SESSION_TOKEN: 'of another key' },
    );
    expect((await named.files!.find('ann', uri)).reference.size).toBe(content[0]!.length);
  });

  test('sealed, and under names that tell nothing, where there are keys', async () => {
    const [key, name] = [1, 2].map(() => randomBytes(32).toString('base64'));
    const configuration =
      'encryption: { keys: [{ id: one, key: "env:KEY" }], nameKey: "env:NAME_KEY" }';
    await using storage = await open(configuration, { KEY: key!, NAME_KEY: name! });
    const { uri, sha256 } = await storage.files!.write('ann', content, 'text/plain');
    const paths = await filesIn(join(storage.directory, '.longhaul', 'files'));
    expect(paths).toHaveLength(2);
    for (const path of paths) {
      expect(path).not.toMatch(new RegExp(`${uri.slice(-64)}|${sha256}`));
      expect(await readFile(path, 'latin1')).not.toContain('words');
    }
    const { read } = await storage.files!.find('ann', uri);
    for await (const chunk of read()) expect(Buffer.from(chunk)).toEqual(content[0]);
  });
});

test.each([
  ['tokens', 'RATE_LIMITED'],
  ['none', 'stored'],
])(
  'a principal has room for 5 GiB where callers authenticate (auth.mode %s: %s)',
  async (mode, end) => {
    await using first = await open(`{ dataDirectory: data, auth: { mode: ${mode} } }`);
    await first.files!.write('ann', content, 'text/plain');
    const directory = join(first.directory, 'data', 'files');
    const [piece] = await filesIn(directory);
    await truncate(piece!, 5 * 1024 ** 3); // nothing of it is written
    const storage = `{ storage: { mode: directory, directory: ${directory} }, auth: { mode: ${mode} } }`;
    await using second = await open(storage);
    const write = async (principal: string) =>
      second.files!.write(principal, content, 'text/plain', 'request').then(
        () => 'stored',
        (error: unknown) => (error as OperationError).code,
      );
    expect([await write('ann'), await write('bob')]).toEqual([end, 'stored']);
  },
);

test('a file goes when no task can need it any more', async () => {
  const operation =
    'operations: { slow: { kind: http, description: d, request: { url: "http://127.0.0.1/" }, policy: { totalTimeoutSeconds: 7200, inputTimeoutSeconds: 3600 } } }';
  await using storage = await open(`builtins: false\n${operation}`);
  await storage.files!.write('ann', content, 'text/plain');
  const folder = join(storage.directory, '.longhaul', 'files');
  const [old, young] = await filesIn(folder);
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  await utimes(old!, hoursAgo(13.1), hoursAgo(13.1));
  await utimes(young!, hoursAgo(12.9), hoursAgo(12.9));
  const retentionMs = 10 * 3_600_000; // and two hours of work, and one of waiting for a person
  storage.startSweeping(
    createConfiguredRegistry(storage.config),
    { retentionMs },
    { warn: () => undefined },
  );
  let left = [old];
  await until(() => {
    void filesIn(folder).then((paths) => (left = paths));
    return left.length === 1 && left[0] === young;
  });
  expect(left).toEqual([young]);
});

test('s3 needs a bucket', async () => {
  await expect(open('storage: { mode: s3 }')).rejects.toThrow(/storage\.bucket: expected a value/);
});

// The scripts of deploy/, run against a real server.
import { execFile } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findTemporalCli } from '../../src/local/index.ts';
import { bareEnvironment, createHome, type Home } from '../support/processes/home.ts';
import { startLonghaul } from '../support/processes/longhaul.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';

const LIMIT_MS = 300_000;
const run = promisify(execFile);
const fileOf = (path: string) => fileURLToPath(new URL(`../../deploy/${path}`, import.meta.url));

let temporal: TestTemporal;
let home: Home;
let env: Record<string, string>;
beforeAll(async () => {
  temporal = await startTestTemporal();
  home = await createHome();
  env = { TEMPORAL_ADDRESS: temporal.address };
}, LIMIT_MS);
afterAll(async () => {
  await home[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
}, LIMIT_MS);

describe('create-namespace.sh', () => {
  test(
    'creates a namespace, and sets the retention of one that is there',
    async () => {
      const { file } = await findTemporalCli({ env: process.env, report: () => undefined });
      await symlink(file, join(home.path, 'temporal'));
      const bare = bareEnvironment({ ...env, TEMPORAL_NAMESPACE: 'fleet' });
      const path = `${home.path}${delimiter}${bare['PATH'] ?? ''}`;
      const retentionAfter = async (retention: string) => {
        const options = { env: { ...bare, PATH: path, RETENTION: retention } };
        await run('/bin/sh', [fileOf('temporal/create-namespace.sh')], options);
        const describing = ['operator', 'namespace', 'describe', '--output', 'json'];
        const { stdout } = await run(file, describing, options);
        return /"workflowExecutionRetentionTtl": "(\w+)"/.exec(stdout)?.[1];
      };
      expect(await retentionAfter('24h')).toBe('86400s');
      expect(await retentionAfter('48h')).toBe('172800s');
    },
    LIMIT_MS,
  );
});

describe('worker-health.js', () => {
  const check = async () =>
    run(process.execPath, [fileOf('worker-health.js')], {
      cwd: home.path,
      env: bareEnvironment(env),
    });

  test(
    'is content while a worker of this host polls, and says so where none does',
    async () => {
      await expect(check()).rejects.toThrow(/no worker on \S+ polls/);
      await using worker = await startLonghaul('worker', [], { cwd: home.path, env });
      await expect(check()).resolves.toMatchObject({ stderr: '' });
      expect(await worker.stop()).toBe(0);
    },
    LIMIT_MS,
  );

  test(
    'says where Temporal is not',
    async () => {
      await expect(
        run(process.execPath, [fileOf('worker-health.js')], {
          cwd: home.path,
          env: bareEnvironment(),
        }),
      ).rejects.toThrow('no Temporal address is configured');
    },
    LIMIT_MS,
  );
});

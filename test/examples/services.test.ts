// Every declaration of examples/services is run against a peer that answers as the documentation of its service says.
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { OperationError } from '../../src/contract/errors.ts';
import { createTestContext } from '../support/operations/context.ts';
import { followJob } from '../support/operations/follow-job.ts';
import { FOLDER, SECRETS, SERVICES, startServicePeers, type ServicePeers } from './open-service.ts';

const PAGE = new URL('../../docs/services.md', import.meta.url);

let peers: ServicePeers;

beforeAll(async () => {
  peers = await startServicePeers();
});
afterAll(async () => peers[Symbol.asyncDispose]());

const names = Object.keys(SERVICES);
const cancellable = names.filter(
  (name) => !['assemblyai', 'perplexity', 'stripe-reports'].includes(name),
);
const failing = names.filter((name) => SERVICES[name]?.failure !== undefined);

describe('a declaration', () => {
  test.each(names)('of %s brings the result of a job', async (name) => {
    const { parameters, result } = SERVICES[name]!;
    const { steps } = await peers.open(name, 'ok');
    const { handle } = await steps.submit(parameters, createTestContext({ env: SECRETS }));
    const found = await followJob(
      steps,
      { parameters, handle },
      createTestContext({ env: SECRETS }),
    );
    expect(found).toEqual(result);
    expect(JSON.stringify([handle, found])).not.toContain('s3cret-1');
  });

  test.each(failing)('of %s tells in its words why a job failed', async (name) => {
    const { parameters, failure = '' } = SERVICES[name]!;
    const { steps } = await peers.open(name, 'failed');
    const { handle } = await steps.submit(parameters, createTestContext({ env: SECRETS }));
    const thrown: unknown = await followJob(
      steps,
      { parameters, handle },
      createTestContext({ env: SECRETS }),
    ).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'UPSTREAM_REJECTED' });
    const { message, details } = thrown as OperationError;
    expect(JSON.stringify([message, details])).toContain(failure);
  });

  test.each(cancellable)('of %s cancels a job', async (name) => {
    const { parameters } = SERVICES[name]!;
    const { steps, job } = await peers.open(name, 'ok');
    const context = createTestContext({ env: SECRETS });
    const { handle } = await steps.submit(parameters, context);
    await steps.cancel?.({ parameters, handle }, context);
    expect(job).toMatchObject({ cancels: 1 });
  });
});

test('every file is one of these, and stands in the table of the documentation', async () => {
  const files = (await readdir(FOLDER)).map((file) => file.replace('.yaml', ''));
  // That of n8n is run in test/temporal/called-back.test.ts: only a gateway can be called back.
  expect(new Set(files)).toEqual(new Set([...names, 'n8n']));
  const page = await readFile(PAGE, 'utf8');
  for (const name of files) expect(page).toContain(`(../examples/services/${name}.yaml)`);
});

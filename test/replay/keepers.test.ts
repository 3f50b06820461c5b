// The workflows beside the tasks run for as long as their fleet does, so a new worker finds them in the middle.
import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { quietRuntime } from '../support/temporal/quiet-runtime.ts';
import { workflowBundle } from '../support/runner/workflow-bundle.ts';

quietRuntime();

const folder = new URL('./keepers/', import.meta.url);

test.each(await readdir(folder))('the workflow as it is goes on with %s', async (file) => {
  const history: unknown = JSON.parse(await readFile(new URL(file, folder), 'utf8'));
  await expect(
    Worker.runReplayHistory({ workflowBundle: workflowBundle() }, historyFromJSON(history)),
  ).resolves.toBeUndefined();
});

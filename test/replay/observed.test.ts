// A worker that is watched replays what one that is not has written: the eyes add no command.
import { expect, test } from '@jest/globals';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { quietRuntime } from '../support/temporal/quiet-runtime.ts';
import { bundleWorkflows } from '../support/runner/workflow-bundle.ts';
import { readHistories } from './histories.ts';

quietRuntime();

test('every recorded history goes on under watch', async () => {
  const code = await bundleWorkflows('workflows/index.ts', ['workflows/observed/interceptors.ts']);
  expect(code).toContain('observed/interceptors.ts');
  const recorded = [...(await readHistories())].map(([workflowId, history]) => ({
    workflowId,
    history: historyFromJSON(history),
  }));
  const failed: string[] = [];
  const replayed = Worker.runReplayHistories({ workflowBundle: { code } }, recorded);
  for await (const { workflowId, error } of replayed) {
    if (error) failed.push(`${workflowId}: ${error.message}`);
  }
  expect(failed).toEqual([]);
});

// A worker that is watched replays what one that is not has written: the eyes add no command.
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { quietRuntime } from '../support/temporal/quiet-runtime.ts';
import { observedWorkflowBundle } from '../support/runner/workflow-bundle.ts';
import { readHistories } from './histories.ts';

quietRuntime();

test('every recorded history goes on under watch', async () => {
  const workflowBundle = observedWorkflowBundle();
  expect(await readFile(workflowBundle.codePath, 'utf8')).toContain('observed/interceptors.ts');
  const recorded = [...(await readHistories())].map(([workflowId, history]) => ({
    workflowId,
    history: historyFromJSON(history),
  }));
  const failed: string[] = [];
  const replayed = Worker.runReplayHistories({ workflowBundle }, recorded);
  for await (const { workflowId, error } of replayed) {
    if (error) failed.push(`${workflowId}: ${error.message}`);
  }
  expect(failed).toEqual([]);
});

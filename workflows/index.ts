// The workflows that a worker runs. Each name is a workflow type: it stands in histories, and never changes.
import './stack-traces.ts';
import './unused-globals.ts';
import { setWorkflowOptions, workflowInfo } from '@temporalio/workflow';
import { keepBreakers } from './breakers/keep-breakers.ts';
import { deliverCallback } from './callbacks/deliver-callback.ts';
import { keepExclusiveWorker } from './exclusive/exclusive-worker.ts';

// Where workers have builds, a task stays with the one that began it; what outlives a build goes on with the current one. The server
// takes no such word of a worker without a build; such a one has a version, too, whose deployment has no name.
for (const outliving of [deliverCallback, keepBreakers, keepExclusiveWorker]) {
  const toOptions = () =>
    workflowInfo().currentDeploymentVersion?.deploymentName
      ? ({ versioningBehavior: 'AUTO_UPGRADE' } as const)
      : {};
  setWorkflowOptions(toOptions, outliving as () => Promise<void>);
}

export { runTask } from './task/run-task.ts';
export { deliverCallback, keepBreakers, keepExclusiveWorker as keepSeat };

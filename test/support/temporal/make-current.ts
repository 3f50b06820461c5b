// What an operator does once the workers of a build are there.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';

/** The server learns of a build, and of each of its queues, from the first polls. */
const NOT_YET = /not found|no worker deployment|missing active task queues/i;

/** Makes a build the current one of its deployment; new tasks go to it from then on. */
export async function makeCurrent(
  client: Client,
  deploymentName: string,
  buildId: string,
): Promise<void> {
  const { namespace } = client.options;
  for (;;) {
    try {
      await client.workflowService.setWorkerDeploymentCurrentVersion({
        ...{ namespace, deploymentName, buildId, identity: 'an operator' },
      });
      return;
    } catch (failure) {
      if (!NOT_YET.test((failure as Error).message)) throw failure;
      await sleep(200);
    }
  }
}

// What an operator does once the workers of a build are there.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

/** The server learns of a build, and of each of its queues, from the first polls. */
const NOT_YET = /not found|no worker deployment|missing active task queues/i;

const { ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS: IN_PROGRESS } =
  proto.temporal.api.enums.v1.RoutingConfigUpdateState;

/** Makes a build the current one of its deployment, and waits until all queues know; new tasks go to it from then on. */
export async function makeCurrent(
  client: Client,
  deploymentName: string,
  buildId: string,
): Promise<void> {
  const deployment = { namespace: client.options.namespace, deploymentName };
  const current = { ...deployment, buildId, identity: 'an operator' };
  for (;;) {
    try {
      await client.workflowService.setWorkerDeploymentCurrentVersion(current);
      break;
    } catch (failure) {
      if (!NOT_YET.test((failure as Error).message)) throw failure;
      await sleep(200);
    }
  }
  for (;;) {
    const { workerDeploymentInfo: info } =
      await client.workflowService.describeWorkerDeployment(deployment);
    if (info?.routingConfigUpdateState !== IN_PROGRESS) return;
    await sleep(100);
  }
}

// A worker of somebody else that knows nothing of Longhaul, one of ours, and a gateway: what the tests of the kind `workflow` share.
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../../../src/contract/json.ts';
import type { Task } from '../../../src/contract/task.ts';
import type { WorkflowDeclaration } from '../../../src/operations/kinds/workflow/declaration.ts';
import { defineWorkflow } from '../../../src/operations/kinds/workflow/operation.ts';
import type { Operation } from '../../../src/operations/operation.ts';
import { createRegistry } from '../../../src/operations/registry.ts';
import { createTargets } from '../../../src/temporal/follow/targets.ts';
import { runWorker } from '../../../src/temporal/worker/running-worker.ts';
import { bundleWorkflows } from '../../support/runner/workflow-bundle.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../../support/temporal/gateway-and-worker.ts';
import { startTestTemporal } from '../../support/temporal/server.ts';

const me = { principal: 'local' };

/** How long beginning and ending may take, in milliseconds. */
export const LIMIT_MS = 120_000;

type Change = Partial<Omit<WorkflowDeclaration, 'workflow'>> & {
  readonly workflow?: Partial<WorkflowDeclaration['workflow']>;
};

/** An operation of the name of its workflow type, with up to three arguments. */
export function declare(name: string, { workflow, ...change }: Change = {}): Operation {
  return defineWorkflow(name, {
    kind: 'workflow',
    description: 'A workflow of somebody else.',
    input: {
      type: 'object',
      properties: { none: { type: 'string', default: '' }, one: {}, two: {}, three: {} },
    },
    ...change,
    workflow: {
      ...{ type: name, taskQueue: 'orders', args: ['{one}', '{two}', '{three}'] },
      ...workflow,
    },
  });
}

/** Tasks that are workflows of somebody else. */
export interface FollowedTasks extends AsyncDisposable {
  readonly gateway: TestGateway;
  start(operation: string, args: readonly Json[], key?: string): Promise<Task>;
  /** How the task ended, or how it stands after a while. */
  end(task: Task): Promise<Task['state']>;
  /** Resolves when the workflow of a task is there. */
  untilFollowed(task: Task): Promise<void>;
}

/** The id of the workflow that a task follows where its operation has no template. */
export function idOf({ idempotencyKey, operation }: Task): string {
  return `local:${idempotencyKey}:${operation}`;
}

/** Starts a server, a gateway and both workers. */
export async function startFollowedTasks(operations: readonly Operation[]): Promise<FollowedTasks> {
  const registry = createRegistry(operations);
  const temporal = await startTestTemporal();
  const place = await openTestGateway(temporal.address, registry);
  const targets = createTargets(place.connected, {});
  const gateway = await openTestGateway(temporal.address, registry, { targets });
  const { connection, client } = gateway.connected;
  const worker = await startTestWorker(gateway, registry, { targets });
  const theirs = runWorker(
    await Worker.create({
      connection,
      taskQueue: 'orders',
      workflowBundle: { code: await bundleWorkflows('test/temporal/follow/orders.ts') },
      activities: {
        charge: async () => {
          throw ApplicationFailure.nonRetryable('the card was declined', 'CardDeclined');
        },
        chargeInParts: async (order: string) => {
          const { heartbeat, sleep: rest } = Context.current();
          heartbeat({ fraction: 0.5, message: `half of ${order}` });
          await rest(2_000);
          return `paid ${order}`;
        },
      },
    }),
  );
  return {
    gateway,
    start: async (operation, [one = null, two = null, three = null], key) => {
      const { task } = await gateway.tasks.start(me, {
        operation,
        parameters: { one, two, three },
        ...(key !== undefined && { idempotencyKey: key }),
      });
      return task;
    },
    end: async ({ taskRef }) => (await gateway.tasks.wait(me, taskRef, 20_000)).state,
    untilFollowed: async (task) => {
      const handle = client.workflow.getHandle(idOf(task));
      while (!(await handle.describe().catch(() => null))) await sleep(20);
    },
    [Symbol.asyncDispose]: async () => {
      await theirs.stop();
      await worker.stop();
      await gateway[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
      await temporal[Symbol.asyncDispose]();
    },
  };
}

// A worker of somebody else that knows nothing of Longhaul, one of ours, and a gateway: what the tests of the kind `workflow` share.
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../../../src/contract/json.ts';
import type { Task } from '../../../src/contract/task.ts';
import { defineWorkflow, type WorkflowDeclaration } from '../../support/operations/declared.ts';
import type { Operation } from '../../../src/operations/operation.ts';
import { createRegistry } from '../../../src/operations/registry.ts';
import { createTargets } from '../../../src/temporal/follow/targets.ts';
import { runWorker } from '../../../src/temporal/worker/running-worker.ts';
import type { RunningWorker } from '../../../src/temporal/worker/worker.ts';
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

/** A question of workflows that wait for a person. */
export const approval = {
  signal: 'approve',
  message: 'Approve the order?',
  schema: {
    type: 'object',
    properties: { approved: { type: 'boolean' } },
    required: ['approved'],
  },
  when: { query: 'awaiting_approval' },
};

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
  /** Stops our worker in order, and starts another. */
  replaceWorker(): Promise<void>;
}

/** Workers of somebody else on the server of a test. */
type StartTheirs = (gateway: TestGateway, address: string) => Promise<AsyncDisposable>;

/** The id of the workflow that a task follows where its operation has no template. */
export function idOf({ idempotencyKey, operation }: Task): string {
  return `local:${idempotencyKey}:${operation}`;
}

/** Starts a server, a gateway and both workers; theirs has the workflows of `orders.ts` unless a test has others. */
export async function startFollowedTasks(
  operations: readonly Operation[],
  startTheirs: StartTheirs = startOrders,
): Promise<FollowedTasks> {
  const registry = createRegistry(operations);
  const temporal = await startTestTemporal({ OrderDone: 'Double' });
  const place = await openTestGateway(temporal.address, registry);
  const targets = createTargets(place.connected, {});
  const gateway = await openTestGateway(temporal.address, registry, { targets });
  const theirs = await startTheirs(gateway, temporal.address);
  const start = async (): Promise<RunningWorker> => startTestWorker(gateway, registry, { targets });
  let worker = await start();
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
    untilFollowed: async ({ taskRef }) => {
      while (!(await gateway.tasks.read(me, taskRef)).target) await sleep(20);
    },
    replaceWorker: async () => {
      await worker.stop();
      worker = await start();
    },
    [Symbol.asyncDispose]: async () => {
      await theirs[Symbol.asyncDispose]();
      await worker.stop();
      await gateway[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
      await temporal[Symbol.asyncDispose]();
    },
  };
}

async function startOrders({ connected: { connection } }: TestGateway): Promise<RunningWorker> {
  return runWorker(
    await Worker.create({
      connection,
      taskQueue: 'orders',
      workflowBundle: await bundleWorkflows('test/temporal/follow/orders.ts'),
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
}

/** A namespace beside the one of Longhaul; resolves when it can be used. */
export async function openNamespace({ connected }: TestGateway, namespace: string): Promise<void> {
  const { workflowService } = connected.connection;
  await workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  const isThere = async () =>
    workflowService.listWorkflowExecutions({ namespace }).then(
      () => true,
      () => false,
    );
  while (!(await isThere())) await sleep(200); // the server learns of it
}

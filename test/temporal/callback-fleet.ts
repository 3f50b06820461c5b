// A gateway and a worker over a real server, and a receiver of callbacks that they may send to.
import { createSecretKey } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { createConfiguredRules, toCallbackOptions } from '../../src/assembly/callback-parts.ts';
import { isDone, type Task } from '../../src/contract/task.ts';
import { defineOperation } from '../../src/operations/define.ts';
import { createRegistry } from '../../src/operations/registry.ts';
import type { StartRequest } from '../../src/tasks/service.ts';
import { createDeliveryLog, type Delivery } from '../../src/temporal/operator/deliveries.ts';
import { createReplay } from '../../src/temporal/operator/replay-callbacks.ts';
import { until } from '../support/operations/context.ts';
import { createTestOperations } from '../support/operations/test-operations.ts';
import {
  startReceiver,
  toCallbackConfig,
  type Receiver,
} from '../support/peers/callback-receiver.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../support/peers/upstream.ts';

/** Who calls. */
export const CALLER = { principal: 'local' };

/** Everything that runs, and what a test does with it. Ends with its scope. */
export interface CallbackFleet extends AsyncDisposable {
  readonly temporal: TestTemporal;
  readonly gateway: TestGateway;
  readonly receiver: Receiver;
  /** What the receiver answers, by the path of the callback; 204 by default. */
  readonly answers: Map<string, UpstreamAnswer | Promise<UpstreamAnswer>>;
  /** Starts a task, of `echo` unless the test says otherwise, that is told at a path of the receiver. */
  start(path: string, request?: Partial<StartRequest>): Promise<Task>;
  /** Awaits the end of a task. */
  end(task: Task): Promise<Task>;
  /** The requests to a path, once there are so many. */
  received(path: string, count?: number): Promise<readonly UpstreamRequest[]>;
  /** The deliveries of a task in the log, once it says so; the log lags a moment behind. */
  logged(task: Task, state: Delivery['state']): Promise<readonly Delivery[]>;
  /** Has the callbacks of a task sent once more. */
  replay(task: Task, principal?: string): Promise<number>;
}

/** Starts them; the operation `told` has a callback of its own, to `/told`. The worker runs so many attempts at once. */
export async function startCallbackFleet(maxConcurrency = 50): Promise<CallbackFleet> {
  const answers: CallbackFleet['answers'] = new Map();
  const temporal = await startTestTemporal();
  const receiver = await startReceiver(({ path }) => answers.get(path) ?? 204);
  const registry = createRegistry([
    ...createTestOperations().registry.all.map(({ operation }) => operation),
    defineOperation({
      name: 'told',
      description: 'for tests',
      input: z.object({}),
      callbacks: [`${receiver.url}/told`],
      run: () => 'done',
    }),
  ]);
  const config = toCallbackConfig(receiver);
  const callbacks = createConfiguredRules(config, registry);
  const gateway = await openTestGateway(temporal.address, registry, { callbacks });
  const { tasks, connected } = gateway;
  const worker = await startTestWorker(gateway, registry, {
    maxConcurrency,
    callbacks: toCallbackOptions(
      config,
      callbacks,
      async (...call) => tasks.wait(...call),
      async (reference) => reference,
    ),
  });
  const list = createDeliveryLog({
    ...connected,
    limitMs: 5_000,
    installationKey: createSecretKey(Buffer.alloc(32, 1)),
  });
  const replay = createReplay(connected.client, connected.namespace, tasks, 5_000);
  return {
    temporal,
    gateway,
    receiver,
    answers,
    start: async (path, request = {}) => {
      const { task } = await tasks.start(CALLER, {
        operation: 'echo',
        parameters: { value: 'hello' },
        callbackUrl: `${receiver.url}${path}`,
        ...request,
      });
      return task;
    },
    end: async ({ taskRef }) => {
      const task = await tasks.wait(CALLER, taskRef, 60_000);
      if (!isDone(task.state)) throw new Error('the task has not ended within a minute');
      return task;
    },
    received: async (path, count = 1) => {
      const found = () => receiver.requests.filter((request) => request.path === path);
      await until(() => found().length >= count, `callback ${count} to ${path}`);
      return found();
    },
    logged: async ({ taskRef }, state) => {
      for (let looks = 0; looks < 1_200; looks += 1) {
        const { deliveries } = await list('local', { limit: 10, taskRef });
        if (deliveries.length > 0 && deliveries.every((one) => one.state === state)) {
          return deliveries;
        }
        await sleep(50);
      }
      throw new Error(`the log does not say ${state}`);
    },
    replay: async ({ taskRef }, principal = 'local') => replay(principal, taskRef),
    [Symbol.asyncDispose]: async () => {
      await worker[Symbol.asyncDispose]();
      await gateway[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
      await temporal[Symbol.asyncDispose]();
    },
  };
}

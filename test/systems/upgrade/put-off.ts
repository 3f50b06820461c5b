// Tasks of an operation that is switched off for most of an upgrade: its upstream fails, the circuit opens, and their attempts are put
// off by whichever worker takes them, until the upstream is well again.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { ATTEMPT_PUT_OFF } from '../../../src/contract/workflow/task-input.ts';
import type { Claim } from '../claims.ts';
import { toLane } from '../kinds.ts';
import type { McpCaller } from '../../support/clients/mcp-caller.ts';
import { startFakeUpstream } from '../../support/peers/upstream.ts';

/** Tasks that are put off, and their upstream. */
export interface PutOffTasks extends AsyncDisposable {
  /** The operation, to be appended to the `operations` of a configuration in YAML. */
  readonly configuration: string;
  /** Starts the tasks; their first attempts open the circuit. */
  start(caller: McpCaller): Promise<void>;
  /** Waits until the worker with this process id has put one of them off. */
  untilPutOffBy(pid: number): Promise<void>;
  /** The upstream is well from now on; follows the tasks to their end. */
  finish(caller: McpCaller): Promise<readonly Claim[]>;
}

const TASKS = 4;
const PATIENCE_MS = 120_000;
const WAIT_SECONDS = 20;

/** Starts their upstream. With lanes, there are as many tasks of the activity lane beside them. */
export async function createPutOffTasks(client: Client, hasLanes: boolean): Promise<PutOffTasks> {
  let isSick = true;
  // Nothing is answered before all are started: the circuit that opens then refuses further ones.
  let areStarted = false;
  const upstream = await startFakeUpstream(async () => {
    while (!areStarted) await sleep(20);
    return isSick ? 503 : { body: { refunded: true } };
  });
  const handles: string[] = [];
  const listPutOffs = async (key: string): Promise<readonly number[]> => {
    const { events } = await client.workflow.getHandle(`local:${key}`).fetchHistory();
    return (events ?? []).flatMap(({ activityTaskFailedEventAttributes: failed }) =>
      failed?.failure?.applicationFailureInfo?.type === ATTEMPT_PUT_OFF
        ? [Number.parseInt(failed.identity ?? '', 10)]
        : [],
    );
  };
  const keys = Array.from({ length: TASKS }, (_, index) => `refund-${index}`);
  const operations = hasLanes ? ['refund', 'quick_refund'] : ['refund'];
  const workersOf = async () => (await Promise.all(keys.map(listPutOffs))).flat();
  return {
    configuration: operations.map((name) => toConfiguration(name, upstream.url)).join(''),
    start: async (caller) => {
      const starts = operations.flatMap((operation) =>
        keys.map(async (key) =>
          caller.call('initiate_background_task', {
            operation_type: operation,
            parameters: {},
            idempotency_key: operation === 'refund' ? key : `${operation}-${key}`,
          }),
        ),
      );
      handles.push(...(await Promise.all(starts)).map(({ task_ref }) => task_ref));
      areStarted = true;
    },
    untilPutOffBy: async (pid) => {
      const until = performance.now() + PATIENCE_MS;
      while (!(await workersOf()).includes(pid)) {
        if (performance.now() > until) throw new Error(`worker ${pid} has put nothing off`);
        await sleep(500);
      }
    },
    finish: async (caller) => {
      isSick = false;
      const ends = await Promise.all(handles.map(async (handle) => follow(caller, handle)));
      return [
        {
          claim:
            'tasks that workers of both versions put off are completed when the upstream is well',
          against: ends.filter((end) => end !== 'completed'),
        },
      ];
    },
    [Symbol.asyncDispose]: async () => upstream[Symbol.asyncDispose](),
  };
}

/** The status of a task in the end, or the code of its failure. */
async function follow(caller: McpCaller, task_ref: string): Promise<string> {
  const request = { task_ref, wait_seconds: WAIT_SECONDS };
  for (;;) {
    const { done, status, error } = await caller.call('resolve_task_status', request);
    if (done === true) return error?.code ?? status;
  }
}

function toConfiguration(name: string, url: string): string {
  return `  ${name}:
    kind: http
    ${toLane(name) === 'activity' ? 'lane: activity' : ''}
    description: Refunds somebody, once the upstream is well again.
    request: { method: POST, url: '${url}/refunds' }
    policy:
      totalTimeoutSeconds: 600
      retryAttempts: 100
      retryMaxIntervalMs: 5000
      breakerFailures: 2
      breakerOpenSeconds: 5
`;
}

// How soon the end of work is seen: of a workflow of others that a task follows, and of an operation of our own, in turns within one
// run; and the same while many others are followed.
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker, type NativeConnection } from '@temporalio/worker';
import { openMcpCaller, type McpCaller } from '../../test/support/clients/mcp-caller.ts';
import { toLatency, type Latency } from '../sample.ts';
import { TEXT, type Setting } from '../setting.ts';

/** From the end of the work to the answer of a read that waits, in milliseconds. */
interface Seen {
  readonly followed: Latency;
  readonly plain: Latency;
}

export interface Ends {
  readonly alone: Seen;
  /** While so many others are followed. */
  readonly among: Seen & { readonly others: number };
}

/** Seconds that the work takes, and milliseconds after which the next begins. */
const WORK_SECONDS = 2;
const APART_MS = 250;

/** How the end of a piece of work is known: in milliseconds since the epoch. */
type ToEndedAt = (key: string, result: unknown) => Promise<number>;

export async function measureEnds({ start, raw, quick }: Setting): Promise<Ends> {
  await using theirs = await startOrders(raw.connection);
  await using gateway = await start('dev', 'followed.config.ts');
  await using caller = openMcpCaller(gateway.mcpUrl, 40);
  const closeOf: ToEndedAt = async (key) => {
    const { closeTime } = await raw.client.workflow.getHandle(`local:${key}:order`).describe();
    return Number(closeTime);
  };
  const toResult: ToEndedAt = async (_, at) => Promise.resolve(Number(at));
  const measure = async (name: string): Promise<Seen> => {
    const followed: Promise<number>[] = [];
    const plain: Promise<number>[] = [];
    for (let index = 0; index < (quick ? 10 : 50); index += 1) {
      followed.push(seeEnd(caller, 'order', `${name}-order-${index}`, closeOf));
      await sleep(APART_MS);
      plain.push(seeEnd(caller, 'rest', `${name}-rest-${index}`, toResult));
      await sleep(APART_MS);
    }
    return {
      followed: toLatency(await Promise.all(followed)),
      plain: toLatency(await Promise.all(plain)),
    };
  };
  // The first of a process pays for code that is loaded when it is first used.
  await seeEnd(caller, 'order', 'first', closeOf);
  const alone = await measure('alone');
  const others = quick ? 20 : 100;
  for (let open = 0; open < others; open += 1) {
    await caller.call('initiate_background_task', {
      operation_type: 'parked',
      parameters: { text: TEXT },
    });
  }
  await sleep(10_000); // all of them have been started, and are followed
  const among = await measure('among');
  await gateway.stop();
  await theirs[Symbol.asyncDispose]();
  return { alone, among: { ...among, others } };
}

async function seeEnd(
  caller: McpCaller,
  operation: string,
  key: string,
  toEndedAt: ToEndedAt,
): Promise<number> {
  const { task_ref } = await caller.call('initiate_background_task', {
    operation_type: operation,
    parameters: { seconds: WORK_SECONDS },
    idempotency_key: key,
  });
  const answer = await caller.call('resolve_task_status', { task_ref, wait_seconds: 25 });
  const seenAt = Date.now();
  return seenAt - (await toEndedAt(key, 'result' in answer ? answer.result : null));
}

async function startOrders(connection: NativeConnection): Promise<AsyncDisposable> {
  const worker = await Worker.create({
    connection,
    taskQueue: 'bench-orders',
    workflowsPath: fileURLToPath(new URL('../raw/workflow.ts', import.meta.url)),
  });
  const ended = worker.run();
  return {
    [Symbol.asyncDispose]: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}

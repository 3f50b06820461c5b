// What one tenant's flood costs another. One tenant starts up to ten thousand tasks, as fast as it can; the other starts one task
// after another and waits for each: before the flood, while it rises, and while thousands of attempts wait for the worker,
// which is busy. Every task takes a while, as those do that need a gateway: what is compared is when a tenant gets its turn.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { createToken, hashToken, toTokenLine } from '../../src/auth/token-line.ts';
import { openMcpCaller, type McpCaller } from '../../test/support/clients/mcp-caller.ts';
import { toLatency, type Latency } from '../sample.ts';
import type { Setting } from '../setting.ts';

/** What a tenant notices. */
interface Look {
  /** Until it has the handle. */
  readonly initiate: Latency;
  /** Until it has the result. */
  readonly initiateToResult: Latency;
}

/** The other tenant, alone and beside the flood. */
export interface Flood {
  readonly quiet: Look;
  /** While the machine is as busy as it can be with the starts of the flood: what a limit of starts is for. */
  readonly rising: Look;
  readonly flooded: Look;
  /** Tasks that the flooding tenant has started. */
  readonly tasks: number;
}

const CALLERS = 50;

/** How long the flood may rise, in milliseconds: a slow machine gets through fewer tasks. */
const RISE_MS = 20_000;

/** How long until the worker has seen every task, at most, in milliseconds. */
const SETTLE_MS = 30_000;

const QUEUE = 'bench-flood';

/** A task of the flood, of two to eighteen seconds: fifty at once come to five a second, with no common beat. */
const toFloodTask = () => ({
  operation_type: 'work',
  parameters: { seconds: 2 + 16 * Math.random() },
});

/** A task of the other tenant. */
const TASK = { operation_type: 'work', parameters: { seconds: 1 } };

/** Measures the other tenant. */
export async function measureFlood({ raw, start, quick, directory }: Setting): Promise<Flood> {
  const flooding = createToken();
  const other = createToken();
  const file = join(directory, 'flood-tokens');
  await writeFile(file, `${toLine('flooding', flooding)}\n${toLine('other', other)}\n`);
  await using gateway = await start('dev', 'tenants.config.ts', {
    LONGHAUL_TOKEN_FILE: file,
    LONGHAUL_TASK_QUEUE: QUEUE,
  });
  await using caller = openMcpCaller(gateway.mcpUrl, 1, 'modern', other);
  await using callers = openMcpCaller(gateway.mcpUrl, CALLERS, 'modern', flooding);
  const rounds = quick ? 5 : 10;
  await look(caller, 2); // warms up
  const quiet = await look(caller, rounds);
  const [tasks, rising] = await Promise.all([
    flood(callers, quick ? 1000 : 10_000),
    look(caller, Math.ceil(rounds / 4)),
  ]);
  await settle(raw.client);
  const flooded = await look(caller, rounds);
  await gateway.kill(); // what is left of the flood would take minutes
  return { quiet, rising, flooded, tasks };
}

function toLine(name: string, token: string): string {
  return toTokenLine({
    name,
    hash: hashToken(token),
    scopes: new Set(['tasks:read', 'tasks:write']),
  });
}

async function look(caller: McpCaller, rounds: number): Promise<Look> {
  const initiate: number[] = [];
  const initiateToResult: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    const { task_ref } = await caller.call('initiate_background_task', TASK);
    initiate.push(performance.now() - startedAt);
    const { done } = await caller.call('resolve_task_status', { task_ref, wait_seconds: 25 });
    if (done !== true) throw new Error('a task of the other tenant was not done in time');
    initiateToResult.push(performance.now() - startedAt);
  }
  return { initiate: toLatency(initiate), initiateToResult: toLatency(initiateToResult) };
}

/** Starts tasks; how many it got through. */
async function flood(caller: McpCaller, tasks: number): Promise<number> {
  const until = Date.now() + RISE_MS;
  let started = 0;
  let left = tasks;
  const one = async () => {
    while (left-- > 0 && Date.now() < until) {
      // A start that a busy server does not confirm in time is there all the same.
      await caller.call('initiate_background_task', toFloodTask()).catch(() => undefined);
      started += 1;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, one));
  return started;
}

/** Waits until the worker has seen every task. */
async function settle({ workflowService }: Client): Promise<void> {
  const queue = {
    namespace: 'default',
    taskQueue: { name: QUEUE },
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    reportStats: true,
  };
  const until = Date.now() + SETTLE_MS;
  while (Date.now() < until) {
    const { stats } = await workflowService.describeTaskQueue(queue);
    if (Number(stats?.approximateBacklogCount ?? 0) === 0) return;
    await sleep(500);
  }
}

// The same empty task in each lane, by Temporal used directly, and over BullMQ where the machine has a Redis: started, and brought to its
// result, one at a time and by fifty callers at once. The sides take turns.
import { startChild } from '../../test/support/processes/child.ts';
import { openMcpCaller, type McpCaller } from '../../test/support/clients/mcp-caller.ts';
import { startRedis } from '../bullmq/redis.ts';
import { takeRounds, takeTurns, type Latency, type Throughput } from '../sample.ts';
import { inLane, TEXT, type Setting } from '../setting.ts';
import { EMPTY } from './calls.ts';

/** What is measured of each side; BullMQ is missing where the machine has no Redis. */
interface Starts<Measured> {
  readonly workflow: Measured;
  readonly activity: Measured;
  readonly rawWorkflow: Measured;
  /** Without what a task keeps beside its input. */
  readonly bareWorkflow: Measured;
  readonly rawActivity: Measured;
  readonly bullmq?: Measured;
}

type Results<Measured> = Omit<Starts<Measured>, 'bareWorkflow'>;

/** Figures of each side. */
export interface Lanes {
  readonly initiate: Starts<Latency>;
  readonly result: Results<Latency>;
  /** Of fifty callers. */
  readonly initiates: Starts<Throughput>;
  readonly results: Results<Throughput>;
  /** The Redis behind BullMQ; `null` where the machine has none. */
  readonly redis: string | null;
}

type Call = () => Promise<unknown>;

const CALLERS = 50;

/** Measures every side. */
export async function measureLanes(setting: Setting): Promise<Lanes> {
  const { quick, directory } = setting;
  await using redis = await startRedis(directory);
  if (!redis) process.stderr.write('No redis-server or valkey-server: BullMQ is left out.\n');
  const calls = quick ? 50 : 200;
  const load = { callers: CALLERS, rounds: quick ? 2 : 3, roundMs: quick ? 1500 : 3000 };
  const starts = await withStarts(setting, redis?.port, async (sides) => ({
    initiate: await takeTurns(sides, calls),
    initiates: await takeRounds(sides, load),
  }));
  const results = await withResults(setting, redis?.port, async (sides) => ({
    result: await takeTurns(sides, calls),
    results: await takeRounds(sides, load),
  }));
  return { ...starts, ...results, redis: redis?.version ?? null };
}

/** Starts alone: no worker takes from them what they need of the machine. */
async function withStarts<Result>(
  { raw, start }: Setting,
  redisPort: number | undefined,
  use: (sides: Starts<Call>) => Promise<Result>,
): Promise<Result> {
  await using workflows = await start('serve', undefined, inLane('workflow'));
  await using activities = await start('serve', undefined, inLane('activity'));
  await using workflow = openMcpCaller(workflows.mcpUrl, CALLERS);
  await using activity = openMcpCaller(activities.mcpUrl, CALLERS);
  await using bullmq = await openBullmq(redisPort, 'starts', ['--no-worker']);
  const initiate = (by: McpCaller) => async () => by.call('initiate_background_task', EMPTY);
  return await use({
    workflow: initiate(workflow),
    activity: initiate(activity),
    rawWorkflow: () => raw.start(TEXT),
    bareWorkflow: () => raw.startBare(TEXT),
    rawActivity: () => raw.startActivity(TEXT),
    ...(bullmq && { bullmq: initiate(bullmq.caller) }),
  });
}

/** To the result, in one call that waits; gateway and worker in one process, as `longhaul dev` and the server over BullMQ have it. */
async function withResults<Result>(
  { raw, start }: Setting,
  redisPort: number | undefined,
  use: (sides: Results<Call>) => Promise<Result>,
): Promise<Result> {
  await using workflows = await start('dev', undefined, inLane('workflow'));
  await using activities = await start('dev', undefined, inLane('activity'));
  await using workflow = openMcpCaller(workflows.mcpUrl, CALLERS);
  await using activity = openMcpCaller(activities.mcpUrl, CALLERS);
  await using bullmq = await openBullmq(redisPort, 'results', []);
  const args = { ...EMPTY, wait_seconds: 25 };
  const finish = (by: McpCaller) => async () => by.call('initiate_background_task', args);
  return await use({
    workflow: finish(workflow),
    activity: finish(activity),
    rawWorkflow: () => raw.execute(TEXT),
    rawActivity: () => raw.executeActivity(TEXT),
    ...(bullmq && { bullmq: finish(bullmq.caller) }),
  });
}

/** The server over BullMQ, with a caller; `null` without a Redis. */
async function openBullmq(redisPort: number | undefined, queue: string, flags: readonly string[]) {
  if (redisPort === undefined) return null;
  const program = new URL('../bullmq/server.ts', import.meta.url);
  const server = startChild(program, [String(redisPort), queue, ...flags]);
  const caller = openMcpCaller(await server.line(), CALLERS);
  return {
    caller,
    [Symbol.asyncDispose]: async () => {
      await caller[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

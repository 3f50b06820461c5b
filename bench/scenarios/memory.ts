// The most memory that the smallest worker takes while it runs fifty attempts at once, in each lane: with the flags that docs/cost.md names.
import { openMcpCaller } from '../../test/support/clients/mcp-caller.ts';
import { CAN_MEASURE_MEMORY, readPeakMemory } from '../../test/support/processes/memory.ts';
import { round } from '../sample.ts';
import { inLane, type Setting } from '../setting.ts';
import type { Lane } from '../../src/contract/lane.ts';

/** Of each lane; `null` where the machine does not show the most. */
export interface Memory {
  readonly tasks: number;
  readonly mostMiB: Readonly<Record<Lane, number>> | null;
}

/** V8 collects short-lived objects more often, and long-lived ones before they take more room than they need. */
const FLAGS = '--max-semi-space-size=4 --max-old-space-size=96';

const CALLERS = 50;

/** Attempts long enough to be there at once. */
const ATTEMPT = { operation_type: 'pausing', parameters: { ms: 500 }, wait_seconds: 25 };

/** Measures both lanes. */
export async function measureMemory(setting: Setting): Promise<Memory> {
  const tasks = setting.quick ? 500 : 2_000;
  if (!CAN_MEASURE_MEMORY) return { tasks, mostMiB: null };
  const workflow = await measureMost(setting, 'workflow', tasks);
  return { tasks, mostMiB: { workflow, activity: await measureMost(setting, 'activity', tasks) } };
}

async function measureMost({ start }: Setting, lane: Lane, tasks: number): Promise<number> {
  const env = { ...inLane(lane), LONGHAUL_TASK_QUEUE: `bench-memory-${lane}` };
  await using gateway = await start('serve', undefined, env);
  await using worker = await start('worker', undefined, { ...env, NODE_OPTIONS: FLAGS });
  await using caller = openMcpCaller(gateway.mcpUrl, CALLERS);
  let left = tasks;
  const one = async () => {
    while (left-- > 0) await caller.call('initiate_background_task', ATTEMPT);
  };
  await Promise.all(Array.from({ length: CALLERS }, one));
  return round((await readPeakMemory(worker.pid)) / 1024 ** 2);
}

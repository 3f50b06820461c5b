// How long a cancel takes to end a running attempt and to be confirmed, in each lane. The limit of the attempt is so long that heartbeats
// which show that its worker lives are 40 seconds apart: none of them brings the cancel.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lane } from '../../src/contract/lane.ts';
import { openMcpCaller, type McpCaller } from '../../test/support/clients/mcp-caller.ts';
import { toLatency, type Latency } from '../sample.ts';
import { inLane, type Setting } from '../setting.ts';

/** From the call to the answer that the attempt has ended. */
export type Cancels = Readonly<Record<Lane, Latency>>;

/** Longer than anything that is measured here. */
const ATTEMPT = { operation_type: 'pausing', parameters: { ms: 600_000 } };

/** Measures both lanes. */
export async function measureCancels(setting: Setting): Promise<Cancels> {
  return {
    workflow: await measureLane(setting, 'workflow'),
    activity: await measureLane(setting, 'activity'),
  };
}

async function measureLane({ start, quick }: Setting, lane: Lane): Promise<Latency> {
  await using gateway = await start('dev', undefined, inLane(lane));
  await using caller = openMcpCaller(gateway.mcpUrl, 1);
  const durations: number[] = [];
  for (let left = quick ? 5 : 20; left > 0; left -= 1) durations.push(await timeCancel(caller));
  return toLatency(durations);
}

async function timeCancel(caller: McpCaller): Promise<number> {
  const { task_ref } = await caller.call('initiate_background_task', ATTEMPT);
  const read = async () => caller.call('resolve_task_status', { task_ref });
  while ((await read()).status !== 'processing') await sleep(50);
  const startedAt = performance.now();
  await caller.call('cancel_background_task', { task_ref });
  const { status } = await read();
  if (status !== 'failed') throw new Error(`a cancel was not confirmed: the task is ${status}`);
  return performance.now() - startedAt;
}

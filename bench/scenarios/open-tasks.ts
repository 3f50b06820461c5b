// What open tasks cost the gateway: memory and latency of a fresh process while one task is open, and of another while
// thousands are. Both answer the same calls before the look, since a heap grows with calls until it is collected.
// Nobody runs the tasks, so all of them stay open.
import { setTimeout as sleep } from 'node:timers/promises';
import { openMcpCaller, type McpCaller } from '../../test/support/clients/mcp-caller.ts';
import { residentMiB } from '../../test/support/processes/memory.ts';
import { round, takeTurns, type Latency } from '../sample.ts';
import type { Setting } from '../setting.ts';
import { EMPTY } from './calls.ts';

/** A gateway at one number of open tasks. */
interface Look {
  readonly open: number;
  readonly residentMiB: number;
  readonly initiate: Latency;
  readonly resolve: Latency;
}

/** The gateway at both numbers. */
export interface OpenTasks {
  readonly few: Look;
  readonly many: Look;
}

const CALLERS = 50;

/** Measures the gateway at few and at many open tasks. */
export async function measureOpenTasks(setting: Setting): Promise<OpenTasks> {
  const { start, quick } = setting;
  await using opener = await start('serve');
  await using caller = openMcpCaller(opener.mcpUrl, CALLERS);
  const first = await open(caller);
  const few = await look(setting, [first]);
  const taskRefs = [first];
  await inParallel(quick ? 1000 : 10_000, async () => taskRefs.push(await open(caller)));
  await opener.stop();
  return { few, many: await look(setting, taskRefs) };
}

/** Starts a gateway, has it answer many calls, and looks at it. */
async function look({ start, quick }: Setting, taskRefs: readonly string[]): Promise<Look> {
  await using gateway = await start('serve');
  await using caller = openMcpCaller(gateway.mcpUrl, CALLERS);
  const initiate = () =>
    caller.call('initiate_background_task', { ...EMPTY, idempotency_key: 'always-the-same' });
  const resolve = () =>
    caller.call('resolve_task_status', {
      task_ref: taskRefs[Math.floor(Math.random() * taskRefs.length)],
    });
  await inParallel(quick ? 200 : 1000, initiate);
  await inParallel(quick ? 1000 : 10_000, resolve);
  await sleep(2000);
  const memory = round(residentMiB(gateway.pid));
  const latencies = await takeTurns({ initiate: () => open(caller), resolve }, quick ? 50 : 200);
  await gateway.stop();
  return { open: taskRefs.length, residentMiB: memory, ...latencies };
}

async function open(caller: McpCaller): Promise<string> {
  return (await caller.call('initiate_background_task', EMPTY)).task_ref;
}

async function inParallel(calls: number, call: () => Promise<unknown>): Promise<void> {
  let left = calls;
  const one = async () => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: CALLERS }, one));
}

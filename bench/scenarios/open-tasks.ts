// What open tasks cost the gateway: memory and latency of one process with none open and with thousands. Nobody runs
// the tasks, so all of them stay open.
import { setTimeout as sleep } from 'node:timers/promises';
import { openMcpCaller } from '../../test/support/mcp-caller.ts';
import { round, takeTurns, type Latency } from '../sample.ts';
import { residentMiB, type Setting } from '../setting.ts';
import { EMPTY } from './calls.ts';

/** The gateway at one number of open tasks. */
interface Load {
  readonly open: number;
  readonly residentMiB: number;
  readonly initiate: Latency;
  readonly resolve: Latency;
}

/** The gateway before and after. */
export interface OpenTasks {
  readonly few: Load;
  readonly many: Load;
}

const CALLERS = 50;

/** Calls before the first look, so that the heap has its working size. */
const WARM_UP = 2000;

/** Measures the gateway at few and at many open tasks. */
export async function measureOpenTasks({ start, quick }: Setting): Promise<OpenTasks> {
  const wanted = quick ? 1000 : 10_000;
  await using gateway = await start('serve');
  await using caller = openMcpCaller(gateway.mcpUrl, CALLERS);
  const taskRefs: string[] = [];
  const initiate = async (key?: string) => {
    const args = { ...EMPTY, ...(key !== undefined && { idempotency_key: key }) };
    const { task_ref } = await caller.call('initiate_background_task', args);
    if (key === undefined) taskRefs.push(task_ref);
  };
  const inParallel = async (calls: number, call: () => Promise<unknown>) => {
    let left = calls;
    const one = async () => {
      while (left-- > 0) await call();
    };
    await Promise.all(Array.from({ length: CALLERS }, one));
  };
  const look = async (): Promise<Load> => {
    await sleep(3000);
    const open = taskRefs.length;
    const memory = round(residentMiB(gateway.pid));
    const latencies = await takeTurns(
      {
        initiate: () => initiate(),
        resolve: () =>
          caller.call('resolve_task_status', {
            task_ref: taskRefs[Math.floor(Math.random() * taskRefs.length)],
          }),
      },
      quick ? 50 : 200,
    );
    return { open, residentMiB: memory, ...latencies };
  };

  // The same call over and over opens one task: whatever the calls themselves cost is paid before the first look.
  await inParallel(quick ? WARM_UP / 4 : WARM_UP, () => initiate('the-same'));
  await initiate();
  const few = await look();
  await inParallel(wanted - taskRefs.length, () => initiate());
  const many = await look();
  await gateway.stop();
  return { few, many };
}

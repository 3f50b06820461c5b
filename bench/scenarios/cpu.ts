// What an empty task takes of the processors in each lane: in the worker, in the gateway and in the Temporal server, from the start to
// the result; and what it took in an earlier version, in rounds that take turns. A process is counted while its side has its round.
import { openMcpCaller, type McpCaller } from '../../test/support/clients/mcp-caller.ts';
import { readCpuMs } from '../../test/support/processes/cpu.ts';
import { round } from '../sample.ts';
import { inLane, type Setting } from '../setting.ts';
import { EMPTY } from './calls.ts';

/** CPU time of a task, in milliseconds. */
export interface Spent {
  readonly workerMs: number;
  readonly gatewayMs: number;
  readonly serverMs: number;
}

/** This version, and the earlier one where there is one. */
export interface Cpu {
  readonly workflow: Spent;
  readonly activity: Spent;
  readonly earlier: readonly (Spent & { readonly commit: string })[];
}

const CALLERS = 10;

/** Measures the versions in turns. */
export async function measureCpu({ start, earlier, serverPid, quick }: Setting): Promise<Cpu> {
  const starts = [
    { start, lane: inLane('workflow') },
    { start, lane: inLane('activity') },
    ...(earlier ? [{ start: earlier.start, lane: {} }] : []),
  ];
  const [workflow, activity, before] = await withSides(serverPid, starts, async (sides) => {
    const [rounds, tasks] = quick ? [2, 100] : [6, 200];
    for (const side of sides) await side.run(tasks); // warms up
    for (const side of sides) side.forget();
    for (let turn = 0; turn < rounds; turn += 1) {
      for (const side of turn % 2 === 0 ? sides : sides.toReversed()) await side.run(tasks);
    }
    return sides.map((side) => side.toSpent());
  });
  if (!workflow || !activity) throw new Error('nothing was measured');
  const { commit = '' } = earlier ?? {};
  return { workflow, activity, earlier: before ? [{ commit, ...before }] : [] };
}

/** A gateway and a worker, on a task queue of their own. */
interface Side {
  /** Brings so many tasks to their results, and counts what that takes. */
  run(tasks: number): Promise<void>;
  forget(): void;
  toSpent(): Spent;
}

/** Lets `use` have a side for each version; they end with it. */
async function withSides<Result>(
  serverPid: number,
  starts: readonly { readonly start: Setting['start']; readonly lane: ReturnType<typeof inLane> }[],
  use: (sides: readonly Side[]) => Promise<Result>,
  opened: readonly Side[] = [],
): Promise<Result> {
  const [first, ...others] = starts;
  if (!first) return use(opened);
  const { start, lane } = first;
  const env = { ...lane, LONGHAUL_TASK_QUEUE: `bench-cpu-${opened.length}` };
  await using gateway = await start('serve', undefined, env);
  await using worker = await start('worker', undefined, env);
  await using caller = openMcpCaller(gateway.mcpUrl, CALLERS);
  const side = createSide(caller, [worker.pid, gateway.pid, serverPid]);
  return await withSides(serverPid, others, use, [...opened, side]);
}

function createSide(caller: McpCaller, pids: readonly number[]): Side {
  const read = () => pids.map(readCpuMs);
  let taken = pids.map(() => 0);
  let done = 0;
  return {
    run: async (tasks) => {
      const before = read();
      let left = tasks;
      const one = async () => {
        while (left-- > 0) {
          await caller.call('initiate_background_task', { ...EMPTY, wait_seconds: 25 });
        }
      };
      await Promise.all(Array.from({ length: CALLERS }, one));
      taken = read().map((ms, index) => (taken[index] ?? 0) + ms - (before[index] ?? 0));
      done += tasks;
    },
    forget: () => {
      taken = pids.map(() => 0);
      done = 0;
    },
    toSpent: () => {
      const [workerMs = NaN, gatewayMs = NaN, serverMs = NaN] = taken.map((ms) => round(ms / done));
      return { workerMs, gatewayMs, serverMs };
    },
  };
}

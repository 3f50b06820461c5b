// Fifty callers at once: how many starts and reads a second get through, and how many empty operations come to their
// result, through the gateway and directly, in rounds that take turns.
import { openMcpCaller } from '../../test/support/clients/mcp-caller.ts';
import { takeRounds, type Throughput } from '../sample.ts';
import { TEXT, type Setting } from '../setting.ts';
import { EMPTY } from './calls.ts';

/** Throughput of many callers. */
export interface Callers {
  readonly initiate: Throughput;
  readonly rawStart: Throughput;
  /** Without what a task keeps beside its input. */
  readonly bareStart: Throughput;
  readonly resolve: Throughput;
  readonly rawDescribe: Throughput;
  /** Initiate and wait for the result, gateway and worker in one process. */
  readonly finish: Throughput;
  readonly rawFinish: Throughput;
}

const CALLERS = 50;

/** Open tasks that the reads go round. */
const READ_TASKS = 200;

/** Measures many callers. */
export async function measureCallers({ raw, start, quick }: Setting): Promise<Callers> {
  const load = { callers: CALLERS, rounds: quick ? 2 : 4, roundMs: quick ? 1500 : 4000 };
  await using gateway = await start('serve');
  await using caller = openMcpCaller(gateway.mcpUrl, CALLERS);
  const starts = await takeRounds(
    {
      initiate: () => caller.call('initiate_background_task', EMPTY),
      rawStart: () => raw.start(TEXT),
      bareStart: () => raw.startBare(TEXT),
    },
    load,
  );

  const open = Array.from({ length: READ_TASKS });
  const taskRefs = await Promise.all(
    open.map(async () => (await caller.call('initiate_background_task', EMPTY)).task_ref),
  );
  const handles = await Promise.all(open.map(() => raw.start(TEXT)));
  let next = 0;
  const reads = await takeRounds(
    {
      resolve: () =>
        caller.call('resolve_task_status', { task_ref: taskRefs[next++ % READ_TASKS] }),
      rawDescribe: async () => handles[next++ % READ_TASKS]?.describe(),
    },
    load,
  );
  await gateway.stop();

  await using both = await start('dev');
  await using waiting = openMcpCaller(both.mcpUrl, CALLERS);
  const finishes = await takeRounds(
    {
      finish: () => waiting.call('initiate_background_task', { ...EMPTY, wait_seconds: 25 }),
      rawFinish: () => raw.execute(TEXT),
    },
    load,
  );
  await both.stop();
  return { ...starts, ...reads, ...finishes };
}

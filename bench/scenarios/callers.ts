// Fifty callers at once: how many reads a second get through, through the gateway and directly, in rounds that take turns. What they
// start and bring to its result is measured with the lanes.
import { openMcpCaller } from '../../test/support/clients/mcp-caller.ts';
import { takeRounds, type Throughput } from '../sample.ts';
import { TEXT, type Setting } from '../setting.ts';
import { EMPTY } from './calls.ts';

/** Throughput of many callers. */
export interface Callers {
  readonly resolve: Throughput;
  readonly rawDescribe: Throughput;
}

const CALLERS = 50;

/** Open tasks that the reads go round. */
const READ_TASKS = 200;

/** Measures many callers. */
export async function measureCallers({ raw, start, quick }: Setting): Promise<Callers> {
  const load = { callers: CALLERS, rounds: quick ? 2 : 3, roundMs: quick ? 1500 : 3000 };
  await using gateway = await start('serve');
  await using caller = openMcpCaller(gateway.mcpUrl, CALLERS);
  const open = Array.from({ length: READ_TASKS });
  const taskRefs = await Promise.all(
    open.map(async () => (await caller.call('initiate_background_task', EMPTY)).task_ref),
  );
  const handles = await Promise.all(open.map(() => raw.start(TEXT)));
  let next = 0;
  return await takeRounds(
    {
      resolve: () =>
        caller.call('resolve_task_status', { task_ref: taskRefs[next++ % READ_TASKS] }),
      rawDescribe: async () => handles[next++ % READ_TASKS]?.describe(),
    },
    load,
  );
}

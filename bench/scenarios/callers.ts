// Fifty callers at once: how many reads a second get through, through the gateway, through that of an earlier version, and directly, in
// rounds that take turns. What they start and bring to its result is measured with the lanes.
import { openMcpCaller } from '../../test/support/clients/mcp-caller.ts';
import { takeRounds, type Throughput } from '../sample.ts';
import { TEXT, type Setting } from '../setting.ts';
import { EMPTY } from './calls.ts';

/** Throughput of many callers. */
export interface Callers {
  readonly resolve: Throughput;
  readonly rawDescribe: Throughput;
  /** Through an earlier version, where there is one. */
  readonly earlier: readonly (Throughput & { readonly commit: string })[];
}

const CALLERS = 50;

/** Open tasks that the reads go round. */
const READ_TASKS = 200;

/** Measures many callers. */
export async function measureCallers({ raw, start, earlier, quick }: Setting): Promise<Callers> {
  const load = { callers: CALLERS, rounds: quick ? 3 : 6, roundMs: quick ? 1500 : 3000 };
  const open = Array.from({ length: READ_TASKS });
  const handles = await Promise.all(open.map(() => raw.start(TEXT)));
  let next = 0;
  await using own = await openReader(start);
  await using before = earlier && (await openReader(earlier.start));
  const { earlier: earlierReads, ...measured } = await takeRounds(
    {
      resolve: own.read,
      ...(before && { earlier: before.read }),
      rawDescribe: async () => handles[next++ % READ_TASKS]?.describe(),
    },
    load,
  );
  const { commit = '' } = earlier ?? {};
  return { ...measured, earlier: earlierReads ? [{ commit, ...earlierReads }] : [] };
}

/** A gateway with open tasks, which are read one after the other. */
async function openReader(start: Setting['start']) {
  const gateway = await start('serve');
  const caller = openMcpCaller(gateway.mcpUrl, CALLERS);
  const taskRefs = await Promise.all(
    Array.from(
      { length: READ_TASKS },
      async () => (await caller.call('initiate_background_task', EMPTY)).task_ref,
    ),
  );
  let next = 0;
  return {
    read: async () =>
      caller.call('resolve_task_status', { task_ref: taskRefs[next++ % READ_TASKS] }),
    [Symbol.asyncDispose]: async () => {
      await caller[Symbol.asyncDispose]();
      await gateway[Symbol.asyncDispose]();
    },
  };
}

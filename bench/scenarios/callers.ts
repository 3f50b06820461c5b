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

/** Gateways of each side, one after the other: two processes of the same program differ by a tenth for as long as they live. */
const GATEWAYS = 3;

/** Measures many callers. */
export async function measureCallers(setting: Setting): Promise<Callers> {
  const runs: Reads[] = [];
  for (let run = 0; run < GATEWAYS; run += 1) runs.push(await measureReads(setting));
  const { commit = '' } = setting.earlier ?? {};
  const earlier = runs.flatMap(({ earlier: measured }) => measured ?? []);
  return {
    resolve: toMiddle(runs.map(({ resolve }) => resolve)),
    rawDescribe: toMiddle(runs.map(({ rawDescribe }) => rawDescribe)),
    earlier: earlier.length > 0 ? [{ commit, ...toMiddle(earlier) }] : [],
  };
}

interface Reads {
  readonly resolve: Throughput;
  readonly rawDescribe: Throughput;
  readonly earlier?: Throughput;
}

async function measureReads({ raw, start, earlier, quick }: Setting): Promise<Reads> {
  const load = { callers: CALLERS, rounds: 6, roundMs: quick ? 500 : 1500 };
  const handles = await Promise.all(
    Array.from({ length: READ_TASKS }, async () => raw.start(TEXT)),
  );
  let next = 0;
  await using own = await openReader(start);
  await using before = earlier && (await openReader(earlier.start));
  return await takeRounds(
    {
      resolve: own.read,
      ...(before && { earlier: before.read }),
      rawDescribe: async () => handles[next++ % READ_TASKS]?.describe(),
    },
    load,
  );
}

function toMiddle([first, ...others]: readonly Throughput[]): Throughput {
  if (!first) throw new Error('nothing was measured');
  const ordered = [first, ...others].sort((one, other) => one.perSecond - other.perSecond);
  return ordered[Math.floor(ordered.length / 2)] ?? first;
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

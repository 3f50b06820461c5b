// What the gateway adds to a call, with nothing else going on: a start and a read, through the gateway and directly, in
// turns. No worker runs, so that nothing but the calls is measured.
import { openMcpCaller } from '../../test/support/clients/mcp-caller.ts';
import { takeTurns, type Latency } from '../sample.ts';
import { TEXT, type Setting } from '../setting.ts';

/** Latencies of single calls. */
export interface Calls {
  readonly initiate: Latency;
  readonly resolve: Latency;
  /** In the form of the protocol's earlier era, which is answered as an event stream. */
  readonly legacyResolve: Latency;
  readonly rawStart: Latency;
  readonly rawDescribe: Latency;
}

/** Measures single calls. */
export async function measureCalls({ raw, start, quick }: Setting): Promise<Calls> {
  await using gateway = await start('serve');
  await using caller = openMcpCaller(gateway.mcpUrl, 1);
  await using legacy = openMcpCaller(gateway.mcpUrl, 1, 'legacy');
  let taskRef = '';
  let handle = await raw.start(TEXT);
  return await takeTurns(
    {
      initiate: async () => {
        taskRef = (await caller.call('initiate_background_task', EMPTY)).task_ref;
      },
      rawStart: async () => {
        handle = await raw.start(TEXT);
      },
      resolve: () => caller.call('resolve_task_status', { task_ref: taskRef }),
      rawDescribe: () => handle.describe(),
      legacyResolve: () => legacy.call('resolve_task_status', { task_ref: taskRef }),
    },
    quick ? 80 : 400,
  );
}

/** The arguments of every initiate. */
export const EMPTY = { operation_type: 'empty', parameters: { text: TEXT } };

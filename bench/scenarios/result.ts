// From initiating an empty operation to holding its result, in one call that waits, against an eager start and a result
// with a worker in the caller's own process. Gateway and worker share a process here, as `longhaul dev` has it.
import { openMcpCaller } from '../../test/support/clients/mcp-caller.ts';
import { takeTurns, type Latency } from '../sample.ts';
import { TEXT, type Setting } from '../setting.ts';
import { EMPTY } from './calls.ts';

/** Latencies from start to result. */
export interface Result {
  readonly initiateToResult: Latency;
  readonly rawEagerToResult: Latency;
}

/** Measures start to result. */
export async function measureResult({ raw, start, quick }: Setting): Promise<Result> {
  await using gateway = await start('dev');
  await using caller = openMcpCaller(gateway.mcpUrl, 1);
  const result = await takeTurns(
    {
      initiateToResult: () =>
        caller.call('initiate_background_task', { ...EMPTY, wait_seconds: 25 }),
      rawEagerToResult: () => raw.execute(TEXT),
    },
    quick ? 50 : 200,
  );
  await gateway.stop();
  return result;
}

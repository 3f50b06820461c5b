// What being watched costs: the same starts and reads by a plain gateway and by one with its page of metrics, traces of
// every call and a collector, in turns. No worker runs, so that nothing but the calls is measured.
import { openMcpCaller } from '../../test/support/clients/mcp-caller.ts';
import { startOtlpCollector } from '../../test/support/peers/otlp-collector.ts';
import { takeTurns, type Latency } from '../sample.ts';
import type { Setting } from '../setting.ts';
import { EMPTY } from './calls.ts';

/** Latencies with and without eyes. */
export interface Observed {
  readonly initiate: Latency;
  readonly observedInitiate: Latency;
  readonly resolve: Latency;
  readonly observedResolve: Latency;
}

/** Measures both. */
export async function measureObserved({ start, quick }: Setting): Promise<Observed> {
  await using collector = await startOtlpCollector();
  await using plain = await start('serve');
  await using watched = await start('serve', 'longhaul.config.ts', {
    LONGHAUL_METRICS_PORT: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
  await using caller = openMcpCaller(plain.mcpUrl, 1);
  await using watchedCaller = openMcpCaller(watched.mcpUrl, 1);
  let taskRef = '';
  let watchedRef = '';
  return await takeTurns(
    {
      initiate: async () => {
        taskRef = (await caller.call('initiate_background_task', EMPTY)).task_ref;
      },
      observedInitiate: async () => {
        watchedRef = (await watchedCaller.call('initiate_background_task', EMPTY)).task_ref;
      },
      resolve: () => caller.call('resolve_task_status', { task_ref: taskRef }),
      observedResolve: () => watchedCaller.call('resolve_task_status', { task_ref: watchedRef }),
    },
    quick ? 160 : 600,
  );
}

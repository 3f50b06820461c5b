// When a background worker is no longer needed: no session on the data directory, no open task and no callback that is still to
// be delivered, for a while.
import type { LoadedConfig } from '../../config/index.ts';
import { pause } from '../../contract/pause.ts';
import { DELIVERY_WORKFLOW_TYPE } from '../../contract/workflow/callback.ts';
import type { TemporalConnection } from '../../temporal/connection/connection.ts';
import { createTaskIndexes, type TaskIndex } from '../../temporal/lanes/task-index.ts';
import { readDataDirectory } from '../../local/index.ts';
import { BACKGROUND_ROLE } from './state.ts';

/** How often it checks, in milliseconds. */
const CHECK_MS = 1_000;

/** What it goes by. */
export interface IdleOptions extends Pick<LoadedConfig, 'dataDirectory'> {
  readonly execution: Pick<LoadedConfig['execution'], 'idleExitSeconds'>;
}

/** Resolves after `execution.idleExitSeconds` in which no worker was needed, or when interrupted. */
export async function untilIdle(
  { dataDirectory, execution }: IdleOptions,
  connected: TemporalConnection,
  interrupted: AbortSignal,
): Promise<void> {
  const indexes = createTaskIndexes(connected);
  let neededAt = Date.now();
  while (!interrupted.aborted && Date.now() - neededAt < execution.idleExitSeconds * 1000) {
    await pause(CHECK_MS, interrupted);
    if (await isNeeded(dataDirectory, connected.client, indexes)) neededAt = Date.now();
  }
}

async function isNeeded(
  dataDirectory: string,
  client: TemporalConnection['client'],
  indexes: readonly TaskIndex[],
): Promise<boolean> {
  const { members } = await readDataDirectory(dataDirectory);
  if (members.some(({ role }) => role !== BACKGROUND_ROLE)) return true;
  try {
    for (const index of indexes) {
      const { count } = await index.count([index.open]);
      if (Number(count) > 0) return true;
    }
    const deliveries = `WorkflowType = '${DELIVERY_WORKFLOW_TYPE}' AND ExecutionStatus = 'Running'`;
    return (await client.workflow.count(deliveries)).count > 0;
  } catch {
    return true; // unknown; to stay is the safe side
  }
}

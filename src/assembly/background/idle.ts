// When a background worker is no longer needed: no session on the data directory, no open task and no callback that is still to
// be delivered, for a while.
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadedConfig } from '../../config/index.ts';
import { DELIVERY_WORKFLOW_TYPE } from '../../contract/workflow/callback.ts';
import { WORKFLOW_TYPE } from '../../contract/workflow/task-input.ts';
import type { TemporalConnection } from '../../temporal/connection/connection.ts';
import { readDataDirectory } from '../../local/index.ts';
import { BACKGROUND_ROLE } from './state.ts';

/** How often it checks, in milliseconds. */
const CHECK_MS = 1_000;

/** Resolves after `execution.idleExitSeconds` in which no worker was needed, or when interrupted. */
export async function untilIdle(
  { dataDirectory, execution }: LoadedConfig,
  { client }: TemporalConnection,
  interrupted: AbortSignal,
): Promise<void> {
  let neededAt = Date.now();
  while (!interrupted.aborted && Date.now() - neededAt < execution.idleExitSeconds * 1000) {
    await sleep(CHECK_MS, undefined, { signal: interrupted }).catch(() => undefined);
    if (await isNeeded(dataDirectory, client)) neededAt = Date.now();
  }
}

async function isNeeded(
  dataDirectory: string,
  client: TemporalConnection['client'],
): Promise<boolean> {
  const { members } = await readDataDirectory(dataDirectory);
  if (members.some(({ role }) => role !== BACKGROUND_ROLE)) return true;
  try {
    const { count } = await client.workflow.count(
      `WorkflowType IN ('${WORKFLOW_TYPE}', '${DELIVERY_WORKFLOW_TYPE}') AND ExecutionStatus = 'Running'`,
    );
    return count > 0;
  } catch {
    return true; // unknown; to stay is the safe side
  }
}

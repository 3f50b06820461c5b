// The data directory of an earlier version under this one: what was there is there, and what ran goes on.
import type { Claim } from '../claims.ts';
import { createHome } from '../../support/processes/home.ts';
import { startLonghaul } from '../../support/processes/longhaul.ts';
import {
  openMcpCaller,
  type McpCaller,
  type PairAnswer,
} from '../../support/clients/mcp-caller.ts';

/** Starts tasks with the earlier version, kills it, and reads them with this one. */
export async function runDataDirectoryUpgrade(previousCli: string): Promise<readonly Claim[]> {
  await using home = await createHome();
  const flags = ['--data-dir', home.dataDirectory, '--port', '0'];
  const initiate = async (caller: McpCaller, key: string, parameters: object, waitSeconds = 0) =>
    caller.call('initiate_background_task', {
      operation_type: 'sleep',
      idempotency_key: key,
      parameters,
      ...(waitSeconds > 0 && { wait_seconds: waitSeconds }),
    });

  const before = await startLonghaul('dev', flags, { cwd: home.path, cli: previousCli });
  const first = openMcpCaller(before.mcpUrl, 1);
  const completed = await initiate(first, 'completed', { seconds: 0 }, 20);
  const failed = await initiate(
    first,
    'failed',
    { seconds: 0, fail_with: 'UPSTREAM_REJECTED' },
    20,
  );
  const running = await initiate(first, 'running', { seconds: 20 });
  await before.kill();
  await first[Symbol.asyncDispose]();

  await using after = await startLonghaul('dev', flags, { cwd: home.path });
  await using second = openMcpCaller(after.mcpUrl, 1);
  const read = async (taskRef: string, waitSeconds = 0) =>
    second.call('resolve_task_status', {
      task_ref: taskRef,
      ...(waitSeconds > 0 && { wait_seconds: waitSeconds }),
    });
  const again = await initiate(second, 'running', { seconds: 20 });
  let ended = await read(running.task_ref, 25);
  for (let tries = 0; ended.done !== true && tries < 8; tries += 1) {
    ended = await read(running.task_ref, 25);
  }
  const claims = [
    equal(
      'a completed task is read as before',
      lasting(completed),
      lasting(await read(completed.task_ref)),
    ),
    equal('a failed task is read as before', lasting(failed), lasting(await read(failed.task_ref))),
    equal('a repeated key finds the task of the earlier version', running.task_ref, again.task_ref),
    equal('a task that ran goes on, and is completed', 'completed', ended.status),
  ];
  await after.stop();
  return claims;
}

/** What of an answer no version changes. */
function lasting({ task_ref, status, created_at, updated_at, attempt, error }: PairAnswer): object {
  return { task_ref, status, created_at, updated_at, attempt, code: error?.code ?? null };
}

function equal(claim: string, expected: unknown, found: unknown): Claim {
  const [before, after] = [JSON.stringify(expected), JSON.stringify(found)];
  return { claim, against: before === after ? [] : [`${before} became ${after}`] };
}

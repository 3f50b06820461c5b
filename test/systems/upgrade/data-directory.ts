// The data directory of an earlier version under this one: what was there is there, and what ran goes on.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Claim } from '../claims.ts';
import { MEMBER } from '../fleet.ts';
import { startCountingUpstream } from '../upstream.ts';
import { createHome } from '../../support/processes/home.ts';
import { startLonghaul } from '../../support/processes/longhaul.ts';
import {
  openMcpCaller,
  type McpCaller,
  type PairAnswer,
} from '../../support/clients/mcp-caller.ts';
import type { PreviousVersion } from './previous.ts';

/** Parameters of one operation with which it completes, fails, and is running still when the earlier version is killed. */
interface Tried {
  readonly completed: object;
  readonly failed: object;
  readonly running: object;
}

const SLEEP: Tried = {
  completed: { seconds: 0 },
  failed: { seconds: 0, fail_with: 'UPSTREAM_REJECTED' },
  running: { seconds: 20 },
};

/** The upstream refuses what is to take less than no time. */
const READ: Tried = {
  completed: { id: 'completed', seconds: 0 },
  failed: { id: 'failed', seconds: -1 },
  running: { id: 'running', seconds: 20 },
};

/** Starts tasks with the earlier version, in both lanes where it knows them, kills it, and reads them with this one. */
export async function runDataDirectoryUpgrade({
  cli,
  hasLanes,
}: Pick<PreviousVersion, 'cli' | 'hasLanes'>): Promise<readonly Claim[]> {
  await using upstream = await startCountingUpstream();
  await using home = await createHome();
  const configuration = join(home.path, 'longhaul.config.yaml');
  const declared = hasLanes ? upstream.configuration : upstream.withoutLanes;
  await writeFile(configuration, declared.replace('builtins: false\n', ''));
  const flags = ['--config', configuration, '--data-dir', home.dataDirectory, '--port', '0'];
  const options = { cwd: home.path, env: { [MEMBER]: 'dev' } };
  const operations = Object.entries({ sleep: SLEEP, read: READ, quick_read: READ });

  const before = await startLonghaul('dev', flags, { ...options, cli });
  const first = openMcpCaller(before.mcpUrl, operations.length);
  const started = await Promise.all(
    operations.map(async ([operation, tried]) => ({
      operation,
      tried,
      completed: await start(first, operation, 'completed', tried.completed, 20),
      failed: await start(first, operation, 'failed', tried.failed, 20),
      running: await start(first, operation, 'running', tried.running),
    })),
  );
  await before.kill();
  await first[Symbol.asyncDispose]();

  await using after = await startLonghaul('dev', flags, options);
  await using second = openMcpCaller(after.mcpUrl, operations.length);
  const claims = await Promise.all(
    started.map(async ({ operation, tried, completed, failed, running }) => {
      const again = await start(second, operation, 'running', tried.running);
      return [
        equal(
          `${operation}: a completed task is read as before`,
          lasting(completed),
          lasting(await read(second, completed.task_ref)),
        ),
        equal(
          `${operation}: a failed task is read as before`,
          [lasting(failed), 'UPSTREAM_REJECTED'],
          [lasting(await read(second, failed.task_ref)), failed.error?.code],
        ),
        equal(
          `${operation}: a repeated key finds the task of the earlier version`,
          running.task_ref,
          again.task_ref,
        ),
        equal(
          `${operation}: a task that ran goes on, and is completed`,
          'completed',
          await readEnd(second, running.task_ref),
        ),
      ];
    }),
  );
  await after.stop();
  return claims.flat();
}

async function start(
  caller: McpCaller,
  operation: string,
  name: keyof Tried,
  parameters: object,
  waitSeconds = 0,
): Promise<PairAnswer> {
  return caller.call('initiate_background_task', {
    operation_type: operation,
    idempotency_key: `${operation}-${name}`,
    parameters,
    ...(waitSeconds > 0 && { wait_seconds: waitSeconds }),
  });
}

async function read(caller: McpCaller, task_ref: string, more: object = {}): Promise<PairAnswer> {
  return caller.call('resolve_task_status', { task_ref, ...more });
}

async function readEnd(caller: McpCaller, taskRef: string): Promise<string> {
  let answer = await read(caller, taskRef);
  for (let tries = 0; answer.done !== true && tries < 8; tries += 1) {
    answer = await read(caller, taskRef, { wait_seconds: 25 });
  }
  return answer.status;
}

/** What of an answer no version changes. */
function lasting({ task_ref, status, created_at, updated_at, attempt, error }: PairAnswer): object {
  return { task_ref, status, created_at, updated_at, attempt, code: error?.code ?? null };
}

function equal(claim: string, expected: unknown, found: unknown): Claim {
  const [before, after] = [JSON.stringify(expected), JSON.stringify(found)];
  return { claim, against: before === after ? [] : [`${before} became ${after}`] };
}

// The embedded server on a disk that is full for a while: a file system of its own in memory, which takes root on Linux to make.
import { execFile } from 'node:child_process';
import { appendFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Claim } from '../claims.ts';
import { createHome } from '../../support/processes/home.ts';
import { startLonghaul } from '../../support/processes/longhaul.ts';
import { openMcpCaller, type McpCaller } from '../../support/clients/mcp-caller.ts';

/** Room for the database and, beside it, for a log of its changes that cannot be written back while the disk is full. */
const SIZE = '80m';
const TASKS = 6;
const PAUSE_MS = 500;

/** Rounds of starts after which a full disk must have been noticed. */
const ROUNDS = 50;
const run = promisify(execFile);

/** Fills the disk, frees it again, and says what held; `null` where no such file system can be made. */
export async function runFullDisk(): Promise<readonly Claim[] | null> {
  await using home = await createHome();
  await mkdir(home.dataDirectory, { recursive: true });
  const mount = run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', home.dataDirectory]);
  if (!(await mount.then(isDone, isRefused))) return null;
  try {
    await using gateway = await startLonghaul('dev', ['--port', '0'], { cwd: home.path });
    await using caller = openMcpCaller(gateway.mcpUrl, TASKS);
    const before = await startAll(caller, 'before');
    const filler = join(home.dataDirectory, 'filler');
    await fill(filler);
    const during = await startUntilRefused(caller);
    await rm(filler);
    const after: (string | null)[] = [];
    for (let looks = 0; looks < 60 && !isWhole(after); looks += 1) {
      await sleep(PAUSE_MS);
      const again = await Promise.all(during.map(async ({ key }) => start(caller, key)));
      after.splice(0, Infinity, ...again.map(({ handle }) => handle));
    }
    const handles = [...before.map(({ handle }) => handle), ...after];
    const ends = await Promise.all(handles.map(async (handle) => readEnd(caller, handle)));
    await gateway.stop();
    const refusals = during.flatMap(({ refusal }) => (refusal === null ? [] : [refusal]));
    return [
      {
        claim: 'a full disk is noticed at a start',
        against: refusals.length === 0 ? [`${during.length} starts were acknowledged`] : [],
      },
      {
        claim: 'a start on a full disk is refused with the advice to repeat it',
        against: refusals.filter(
          (said) => !/SUBMISSION_UNCONFIRMED|BACKEND_UNAVAILABLE/.test(said),
        ),
      },
      {
        claim: 'with room again, every start succeeds and every task is completed',
        against: ends.filter((status) => status !== 'completed'),
      },
    ];
  } finally {
    await run('umount', [home.dataDirectory]);
  }
}

const isDone = () => true;
const isRefused = () => false;
const isWhole = (handles: readonly (string | null)[]) =>
  handles.length > 0 && !handles.includes(null);

/** A start: the handle that came of it, or what was said instead. */
interface Start {
  readonly key: string;
  readonly handle: string | null;
  readonly refusal: string | null;
}

async function start(caller: McpCaller, key: string): Promise<Start> {
  const request = { operation_type: 'sleep', parameters: { seconds: 0.1 }, idempotency_key: key };
  return caller.call('initiate_background_task', request).then(
    ({ task_ref }) => ({ key, handle: task_ref, refusal: null }),
    (error: unknown) => ({ key, handle: null, refusal: String(error) }),
  );
}

async function startAll(caller: McpCaller, name: string): Promise<readonly Start[]> {
  const keys = Array.from({ length: TASKS }, (_, index) => `${name}-${index}`);
  return Promise.all(keys.map(async (key) => start(caller, key)));
}

/** The database may go on for a while in room that it has already. */
async function startUntilRefused(caller: McpCaller): Promise<readonly Start[]> {
  const starts: Start[] = [];
  for (
    let round = 0;
    round < ROUNDS && !starts.some(({ refusal }) => refusal !== null);
    round += 1
  ) {
    starts.push(...(await startAll(caller, `during-${round}`)));
  }
  return starts;
}

async function fill(file: string): Promise<void> {
  const block = Buffer.alloc(4096);
  for (;;) {
    try {
      await appendFile(file, block);
    } catch {
      return; // no room is left
    }
  }
}

/** The status of a task in the end; what is said instead where there is none. */
async function readEnd(caller: McpCaller, task_ref: string | null): Promise<string> {
  if (task_ref === null) return 'never started';
  const request = { task_ref, wait_seconds: 20 };
  return caller.call('resolve_task_status', request).then(
    ({ status }) => status,
    (error: unknown) => String(error),
  );
}

// What is measured all through a run: latencies of calls, tasks that are open, and what the survivors hold.
import { readdirSync, readlinkSync } from 'node:fs';
import type { McpCaller } from '../../support/clients/mcp-caller.ts';
import { residentMiB } from '../../support/processes/memory.ts';
import { toPercentiles, type Percentiles } from '../percentiles.ts';

/** What a process holds. */
export interface Holding {
  readonly residentMiB: number;
  /** Open files and sockets; `null` where the system does not list them. */
  readonly files: number | null;
  readonly sockets: number | null;
}

/** One interval of a run. Durations are milliseconds. */
export interface Sample {
  /** End of the interval, in seconds since the beginning of the run. */
  readonly at: number;
  readonly initiate: Percentiles;
  readonly resolve: Percentiles;
  readonly open: number;
  readonly gateway: Holding;
  readonly worker: Holding;
}

/** Times the calls of the callers that it wraps. */
export interface Stopwatch {
  wrap(caller: McpCaller): McpCaller;
  /** Percentiles since the last time. */
  take(): Pick<Sample, 'initiate' | 'resolve'>;
}

/** Creates a stopwatch. Calls that wait on purpose, and calls without an answer, are left out. */
export function createStopwatch(): Stopwatch {
  const durations: Record<'initiate' | 'resolve', number[]> = { initiate: [], resolve: [] };
  const timed = new Map([
    ['initiate_background_task', durations.initiate],
    ['resolve_task_status', durations.resolve],
  ]);
  return {
    wrap: (caller) => ({
      ...caller,
      call: async (tool, args) => {
        const startedAt = performance.now();
        const answer = await caller.call(tool, args);
        if (!('wait_seconds' in args)) timed.get(tool)?.push(performance.now() - startedAt);
        return answer;
      },
    }),
    take: () => ({
      initiate: toPercentiles(durations.initiate.splice(0)),
      resolve: toPercentiles(durations.resolve.splice(0)),
    }),
  };
}

/** What a process holds now. */
export function lookAt(pid: number): Holding {
  const files = listFiles(pid);
  return {
    residentMiB: residentMiB(pid),
    files: files?.length ?? null,
    sockets: files?.filter((target) => target.startsWith('socket:')).length ?? null,
  };
}

/** Where each descriptor leads; one that is closed meanwhile leads nowhere. */
function listFiles(pid: number): readonly string[] | null {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).map((name) => {
      try {
        return readlinkSync(`${folder}/${name}`);
      } catch {
        return '';
      }
    });
  } catch {
    return null;
  }
}

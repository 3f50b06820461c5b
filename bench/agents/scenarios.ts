// What is compared: the APIs with which the pattern of handles is usually explained, as one fake upstream for both sides.
import { setTimeout as sleep } from 'node:timers/promises';
import { startFakeUpstream, type FakeUpstream } from '../../test/support/peers/upstream.ts';

/** Operation → what its API is like. */
export const SCENARIOS = {
  fast: 'fast API, 1 s',
  slow: 'slow API, 15 s',
  slower: 'slower API, 75 s',
  failing: 'failing API',
  job: 'async handle, 20 s',
  unresponsive: 'unresponsive API, 300 s',
} as const;

/** The name of a scenario and of its operation. */
export type Scenario = keyof typeof SCENARIOS;

/** How long an API takes, in milliseconds. */
const TAKES_MS: Readonly<Record<string, number>> = {
  '/fast': 1_000,
  '/slow': 15_000,
  '/slower': 75_000,
  '/unresponsive': 300_000,
  '/ten': 10_000,
  '/item': 0,
};

const JOB_MS = 20_000;

/** What every API comes to. */
const REPORT = { report: 'r-2026-10', pages: 12, url: 'https://reports.example.com/r-2026-10.pdf' };

/** The field that is wanted of the export. */
export const GRAND_TOTAL = 349_965_000;

/** About 1 MB, with the field behind everything else. */
const EXPORT = {
  rows: Array.from({ length: 10_000 }, (_, id) => ({
    invoice: `invoice ${id}`,
    amount: id * 7,
    note: 'paid by transfer, nothing is left to be done',
  })),
  summary: { grand_total: GRAND_TOTAL },
};

/** Starts the upstream. */
export function startUpstream(): Promise<FakeUpstream> {
  const jobs = new Map<string, number>();
  return startFakeUpstream(async ({ method, path, gone }) => {
    if (path === '/export') return { body: EXPORT };
    if (path === '/failing') return { status: 503, body: { message: 'down for maintenance' } };
    if (path === '/jobs' && method === 'POST') {
      const id = `job-${jobs.size}`;
      jobs.set(id, Date.now());
      return { status: 202, body: { id } };
    }
    const startedAt = jobs.get(path.replace('/jobs/', ''));
    if (startedAt !== undefined) {
      const isDone = Date.now() - startedAt >= JOB_MS;
      return { body: isDone ? { status: 'succeeded', output: REPORT } : { status: 'running' } };
    }
    const takesMs = TAKES_MS[path];
    if (takesMs === undefined) return 404;
    await sleep(takesMs, undefined, { signal: gone });
    return { body: REPORT };
  });
}

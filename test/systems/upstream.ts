// The upstream of all systems, and the configuration that leads to it. It counts what reaches it, since only the
// upstream can tell whether something ran twice.
import { setTimeout as sleep } from 'node:timers/promises';
import { startFakeUpstream } from '../support/peers/upstream.ts';
import { MEMBER } from './fleet.ts';

/** One request, as it arrived. */
export interface Arrival {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The member of the fleet that sent it; `null` where it did not say so. */
  readonly by: string | null;
  /** Whether it looked at a job. */
  readonly isPoll: boolean;
}

/** The upstream, which counts. */
export interface CountingUpstream extends AsyncDisposable {
  /** How often the request of an errand arrived: its read, its charge, or the submit of its render. */
  readonly arrivals: (id: string) => number;
  /** Each of them, and each look at its job. */
  readonly arrived: (id: string) => readonly Arrival[];
  readonly url: string;
  /** A configuration file with the operations of both lanes. */
  readonly configuration: string;
  /** The same with all of them as workflows, for a version that knows no lanes. */
  readonly withoutLanes: string;
}

/**
 * Starts the upstream; what it is asked for takes the seconds that the request names, and is refused where they are less than none. What
 * is `unavailable-at-first-` fails the first time.
 */
export async function startCountingUpstream(heartbeatSeconds = 10): Promise<CountingUpstream> {
  const jobs = new Map<string, { readonly id: string; readonly doneAt: number }>();
  const arrivals = new Map<string, Arrival[]>();
  const countArrivals = (id: string) =>
    arrivals.get(id)?.filter(({ isPoll }) => !isPoll).length ?? 0;
  const upstream = await startFakeUpstream(async ({ path, json, headers, gone }) => {
    const url = new URL(path, 'http://upstream');
    const by = headers['x-member'];
    const note = (id: string, isPoll: boolean) => {
      const arrival = { at: Date.now(), by: typeof by === 'string' ? by : null, isPoll };
      arrivals.set(id, [...(arrivals.get(id) ?? []), arrival]);
    };
    if (url.pathname.startsWith('/renders/')) {
      const job = jobs.get(url.pathname.slice('/renders/'.length));
      if (!job) return 404;
      note(job.id, true);
      return { body: { state: Date.now() < job.doneAt ? 'running' : 'done', pages: 3 } };
    }
    const { id, seconds } = (json ?? Object.fromEntries(url.searchParams)) as {
      readonly id: string;
      readonly seconds: number | string;
    };
    note(id, false);
    const ms = Number(seconds) * 1000;
    if (ms < 0) return 422;
    if (url.pathname === '/renders') {
      const job = `${id}-${jobs.size}`;
      jobs.set(job, { id, doneAt: Date.now() + ms });
      return { status: 202, body: { id: job } };
    }
    await sleep(ms, undefined, { signal: gone });
    if (id.startsWith('unavailable-at-first-') && countArrivals(id) === 1) return 503;
    return { body: { slept: seconds } };
  });
  return {
    arrivals: countArrivals,
    arrived: (id) => arrivals.get(id) ?? [],
    url: upstream.url,
    configuration: toConfiguration(upstream.url, heartbeatSeconds, true),
    withoutLanes: toConfiguration(upstream.url, heartbeatSeconds, false),
    [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose](),
  };
}

/** Long enough for a build to take over meanwhile. */
const RETRY = 'retryAttempts: 2, retryInitialIntervalMs: 3000';

function toConfiguration(url: string, heartbeatSeconds: number, hasLanes: boolean): string {
  const headers = `headers: { x-member: '\${env:${MEMBER}}' }`;
  const input = `input:
      type: object
      properties: { id: { type: string }, seconds: { type: number } }
      required: [id, seconds]
    policy: { totalTimeoutSeconds: 120, heartbeatTimeoutSeconds: ${heartbeatSeconds}, ${RETRY} }`;
  const runs = ['', 'quick_'].map((prefix) => {
    const lane = hasLanes && prefix !== '' ? 'lane: activity' : '';
    return `
  ${prefix}read:
    kind: http
    description: Reads something slowly. Reading twice does no harm.
    ${lane}
    ${input}
    request: { url: '${url}/reports?id={id}&seconds={seconds}', ${headers} }
  ${prefix}charge:
    kind: http
    description: Charges somebody. Must never run twice.
    ${lane}
    ${input}
    request:
      method: POST
      url: '${url}/charges'
      ${headers}
      body: { id: '{id}', seconds: '{seconds}' }`;
  });
  return `builtins: false
observability: { logLevel: warn }
operations:${runs.join('')}
  render:
    kind: http_job
    description: Renders something elsewhere. Must never be submitted twice.
    ${input}
    submit: { url: '${url}/renders', ${headers}, body: { id: '{id}', seconds: '{seconds}' }, handle: /id }
    poll:
      url: '${url}/renders/{handle}'
      ${headers}
      status: /state
      done: [done]
      failed: [failed]
      maxIntervalMs: 2000
`;
}

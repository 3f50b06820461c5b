// The upstream of all systems, and the configuration that leads to it. It counts what reaches it, since only the
// upstream can tell whether something ran twice.
import { setTimeout as sleep } from 'node:timers/promises';
import { startFakeUpstream } from '../support/peers/upstream.ts';

/** The operations, by what may happen to them when their worker is killed. */
export const KINDS = ['read', 'charge', 'render'] as const;

/** The same, and what can be in the activity lane once more there. */
export const KINDS_IN_BOTH_LANES = [...KINDS, 'quick_read', 'quick_charge'] as const;

/** The upstream, which counts. */
export interface CountingUpstream extends AsyncDisposable {
  /** How often the request of an errand arrived: its read, its charge, or the submit of its render. */
  readonly arrivals: (id: string) => number;
  readonly url: string;
  /** A configuration file with the three operations. */
  readonly configuration: string;
  /** The same with those of the activity lane, which an earlier version has not. */
  readonly inBothLanes: string;
}

/** Starts the upstream; what it is asked for takes the seconds that the request names. */
export async function startCountingUpstream(heartbeatSeconds = 10): Promise<CountingUpstream> {
  const jobs = new Map<string, { readonly doneAt: number }>();
  const arrivals = new Map<string, number>();
  const upstream = await startFakeUpstream(async ({ path, json, gone }) => {
    const url = new URL(path, 'http://upstream');
    if (url.pathname.startsWith('/renders/')) {
      const job = jobs.get(url.pathname.slice('/renders/'.length));
      if (!job) return 404;
      return { body: { state: Date.now() < job.doneAt ? 'running' : 'done', pages: 3 } };
    }
    const { id, seconds } = (json ?? Object.fromEntries(url.searchParams)) as {
      readonly id: string;
      readonly seconds: number | string;
    };
    arrivals.set(id, (arrivals.get(id) ?? 0) + 1);
    const ms = Number(seconds) * 1000;
    if (url.pathname === '/renders') {
      const job = `${id}-${jobs.size}`;
      jobs.set(job, { doneAt: Date.now() + ms });
      return { status: 202, body: { id: job } };
    }
    await sleep(ms, undefined, { signal: gone });
    return { body: { slept: seconds } };
  });
  return {
    arrivals: (id) => arrivals.get(id) ?? 0,
    url: upstream.url,
    configuration: toConfiguration(upstream.url, heartbeatSeconds, ['']),
    inBothLanes: toConfiguration(upstream.url, heartbeatSeconds, ['', 'quick_']),
    [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose](),
  };
}

function toConfiguration(url: string, heartbeatSeconds: number, lanes: readonly string[]): string {
  const input = `input:
      type: object
      properties: { id: { type: string }, seconds: { type: number } }
      required: [id, seconds]
    policy: { totalTimeoutSeconds: 120, heartbeatTimeoutSeconds: ${heartbeatSeconds} }`;
  const runs = lanes.map((prefix) => {
    const lane = prefix === '' ? '' : 'lane: activity';
    return `
  ${prefix}read:
    kind: http
    description: Reads something slowly. Reading twice does no harm.
    ${lane}
    ${input}
    request: { url: '${url}/reports?id={id}&seconds={seconds}' }
  ${prefix}charge:
    kind: http
    description: Charges somebody. Must never run twice.
    ${lane}
    ${input}
    request: { method: POST, url: '${url}/charges', body: { id: '{id}', seconds: '{seconds}' } }`;
  });
  return `builtins: false
observability: { logLevel: warn }
operations:${runs.join('')}
  render:
    kind: http_job
    description: Renders something elsewhere. Must never be submitted twice.
    ${input}
    submit: { url: '${url}/renders', body: { id: '{id}', seconds: '{seconds}' }, handle: /id }
    poll:
      url: '${url}/renders/{handle}'
      status: /state
      done: [done]
      failed: [failed]
      maxIntervalMs: 2000
`;
}

// What breaks is explained: each of the failures of docs/operations.md is made with real processes, and then found in the
// metrics, by an alert, in a trace and in the story of the task.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { showTask } from '../../src/commands/tasks.ts';
import { connectClient, DIALECTS, type TestClient } from '../support/clients/mcp-clients.ts';
import { createTestContext } from '../support/processes/command-context.ts';
import { findEmpty } from './dashboard.ts';
import { startLonghaul, type Longhaul } from '../support/processes/longhaul.ts';
import { startOtlpCollector, type OtlpCollector } from '../support/peers/otlp-collector.ts';
import { awaitEnd, callUntilReachable } from '../support/clients/follow-task.ts';
import { findPromtool } from '../support/processes/promtool.ts';
import { SECRET } from '../support/peers/callback-receiver.ts';
import { scrape, valueIn, type Sample } from './scrape.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';
import { startFakeUpstream, type FakeUpstream } from '../support/peers/upstream.ts';
import { createWorkspace, type Workspace } from '../support/files/workspace.ts';

/** A failure, and where it has to be seen. */
interface Explained {
  /** The operation that meets it. */
  readonly operation: string;
  readonly code: string | null;
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly alert: string | null;
  /** A span of the task's trace, by its name. */
  readonly span: string;
  readonly story: RegExp;
}

const EXPLAINED: readonly Explained[] = [
  {
    operation: 'lookup', // idempotent, and its worker is killed
    code: null,
    metric: 'recoveries_total',
    labels: {},
    alert: null, // Prometheus's own `up` says which process is gone
    span: 'attempt lookup',
    story: /attempt 1 fell silent[^]*attempt 2 runs on/,
  },
  {
    operation: 'pay', // must not run twice, and its worker is killed
    code: 'OUTCOME_UNKNOWN',
    metric: 'unknown_outcomes_total',
    labels: {},
    alert: 'LonghaulUnknownOutcome',
    span: 'task pay',
    story: /attempt 1 fell silent[^]*failed after .*: OUTCOME_UNKNOWN/,
  },
  {
    operation: 'report', // its upstream answers 500
    code: 'UPSTREAM_UNAVAILABLE',
    metric: 'tasks_ended_total',
    labels: { code: 'UPSTREAM_UNAVAILABLE' },
    alert: 'LonghaulFailureRate',
    span: 'attempt report',
    story: /attempt 1 failed: UPSTREAM_UNAVAILABLE, GET .* answered 500/,
  },
  {
    operation: 'hang', // its upstream does not answer
    code: 'ATTEMPT_TIMEOUT',
    metric: 'deadline_breaches_total',
    labels: { code: 'ATTEMPT_TIMEOUT' },
    alert: 'LonghaulFailureRate',
    span: 'task hang',
    story: /attempt 1 took longer than it may: ATTEMPT_TIMEOUT/,
  },
  {
    operation: 'told', // the receiver of its callback is down
    code: null,
    metric: 'callback_attempts_total',
    labels: { status: 'failed' },
    alert: 'LonghaulCallbacksFail',
    span: 'attempt callback.send',
    story: /callback to .*: retrying after \d+ attempts? \(answered 503\)/,
  },
];

let temporal: TestTemporal;
let upstream: FakeUpstream;
let collector: OtlpCollector;
let workspace: Workspace;
let gateway: Longhaul;
let worker: Longhaul;
let client: TestClient;
let samples: readonly Sample[];
const refs = new Map<string, string>();

beforeAll(async () => {
  let killed = false;
  temporal = await startTestTemporal();
  upstream = await startFakeUpstream(({ path }) => {
    if (path === '/report') return 500;
    if (path === '/receiver') return 503;
    if (path === '/told' || (path === '/lookup' && killed)) return { body: { ok: 1 } };
    return undefined; // no answer
  });
  collector = await startOtlpCollector();
  workspace = await createWorkspace({ 'longhaul.config.yaml': toConfiguration(upstream.url) });
  const options = {
    cwd: workspace.directory,
    env: {
      TEMPORAL_ADDRESS: temporal.address,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      CALLBACK_SECRET: SECRET,
    },
  };
  const first = await startLonghaul('worker', [], options);
  gateway = await startLonghaul('serve', ['--port', '0', '--metrics-port', '0'], options);
  client = await connectClient(DIALECTS[0], { url: gateway.mcpUrl });
  for (const operation of ['lookup', 'pay']) await start(operation);
  while (!['/lookup', '/pay'].every((path) => upstream.requests.some((sent) => sent.path === path)))
    await sleep(20);
  await first.kill();
  killed = true;
  worker = await startLonghaul('worker', ['--metrics-port', '0'], options);
  for (const operation of ['report', 'hang', 'told']) await start(operation);
  for (const ref of refs.values()) await awaitEnd(client, ref);
  samples = await untilShown();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await worker[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
  await collector[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

async function start(operation: string): Promise<void> {
  const request = { operation_type: operation, parameters: {}, idempotency_key: operation };
  const { json } = await callUntilReachable(client, 'initiate_background_task', request);
  refs.set(operation, json.task_ref);
}

/** What `longhaul tasks show` prints of the task of an operation. */
async function show(operation: string): Promise<string> {
  const context = createTestContext(workspace.directory, { TEMPORAL_ADDRESS: temporal.address });
  expect(await showTask(context, refs.get(operation)!, {})).toBe(0);
  return context.output();
}

/** Both pages, each series with its process, once everything of the table stands there. */
async function untilShown(): Promise<readonly Sample[]> {
  const read = async (instance: string, { metricsUrl }: Longhaul) =>
    (await scrape(metricsUrl)).map((sample) => ({
      ...sample,
      series: sample.series.replace(/^(\w+)\{?(.*?)\}?$/, `$1{instance="${instance}",$2}`),
    }));
  for (;;) {
    const seen = [...(await read('gateway', gateway)), ...(await read('worker', worker))];
    const isThere = ({ metric, labels, operation }: Explained) =>
      (valueIn(seen, `mcp_async_${metric}`, { ...labels, operation }) ?? 0) > 0;
    const isOpen = valueIn(seen, 'mcp_async_breaker_state', { operation: 'report' }) === 2;
    if (isOpen && EXPLAINED.every(isThere)) return seen;
    await sleep(200);
  }
}

describe.each(EXPLAINED)('$operation', ({ operation, code, span, story }) => {
  test('ends as it has to, and tells its story', async () => {
    const { json } = await awaitEnd(client, refs.get(operation)!);
    const { status, error } = json as { readonly status: string; readonly error: object | null };
    expect({ status, error }).toMatchObject(
      code === null ? { status: 'completed', error: null } : { status: 'failed', error: { code } },
    );
    // How far a callback has come is listed a moment later.
    while (!story.test(await show(operation))) await sleep(200);
  });

  test('has a trace that is found by its handle', async () => {
    for (;;) {
      const about = collector.spans.find(
        ({ attributes }) => attributes['longhaul.task_ref'] === refs.get(operation),
      );
      const trace = collector.spans.filter(({ traceId }) => traceId === about?.traceId);
      if (trace.some(({ name }) => name === span)) break;
      await sleep(100);
    }
    expect(refs.get(operation)).toBeDefined();
  });
});

test('a call that a breaker refuses is counted, and traced', async () => {
  const refused = await client.call('report', {});
  expect(refused.json.error.code).toBe('CIRCUIT_OPEN');
  const seen = await scrape(gateway.metricsUrl);
  const labels = { method: 'tools/call', code: 'CIRCUIT_OPEN' };
  expect(valueIn(seen, 'mcp_async_refusals_total', labels)).toBe(1);
  const isRefused = ({ attributes }: { readonly attributes: object }) =>
    Object.entries(attributes).some(
      ([key, value]) => key === 'error.type' && value === labels.code,
    );
  while (!collector.spans.some(isRefused)) await sleep(100);
});

const promtool = findPromtool();
if (promtool === null) process.stderr.write('promtool is not here: the alerts are skipped\n');

(promtool === null ? describe.skip : describe)("in Prometheus's own engine", () => {
  test('each of them has its alert', async () => {
    const file = new URL('../../deploy/prometheus/alerts.yml', import.meta.url);
    const { groups } = parse(await readFile(file, 'utf8')) as {
      readonly groups: readonly { readonly rules: readonly { alert: string; expr: string }[] }[];
    };
    const wanted = [...EXPLAINED.map(({ alert }) => alert), 'LonghaulBreakerOpen'];
    const rules = groups.flatMap((group) => group.rules);
    const expressions = rules.flatMap(({ alert, expr }) => (wanted.includes(alert) ? [expr] : []));
    expect(expressions).toHaveLength(new Set(wanted).size - 1);
    // A worker shows its counters as 0 before anything happens; this one had work waiting for it.
    const before = samples.map((sample) => ({
      ...sample,
      value: /_(total|sum|count|bucket)$/.test(sample.name) ? 0 : sample.value,
    }));
    expect(await findEmpty(promtool!, expressions, before, samples)).toBe('');
  });
});

test('when Temporal is away calls are refused and counted, and nothing is lost', async () => {
  await temporal.kill();
  const refused = await client.call('list_background_tasks', {});
  expect(refused.json.error.code).toBe('BACKEND_UNAVAILABLE');
  const labels = { method: 'list_background_tasks', code: 'BACKEND_UNAVAILABLE' };
  for (;;) {
    const seen = await scrape(gateway.metricsUrl);
    const looks = valueIn(seen, 'mcp_async_looks_failed_total') ?? 0;
    if (looks > 0 && valueIn(seen, 'mcp_async_refusals_total', labels) === 1) break;
    await sleep(200);
  }
  await temporal.restart();
  const listed = await callUntilReachable(client, 'list_background_tasks', {});
  const known = listed.json.tasks.map(({ task_ref: ref }) => ref);
  expect(known.sort()).toEqual([...refs.values()].sort());
});

function toConfiguration(url: string): string {
  const operation = (name: string, method: string, more: string) =>
    `  ${name}: { kind: http, description: Asks., request: { method: ${method}, url: '${url}/${name}' }, ${more} }`;
  return [
    'builtins: false',
    'execution: { defaultTimeoutSeconds: 600 }',
    `callbacks: { secrets: [env:CALLBACK_SECRET], allow: ['${url}'], allowPrivate: [127.0.0.1] }`,
    'operations:',
    operation('lookup', 'GET', 'policy: { attemptTimeoutSeconds: 120 }'),
    operation('pay', 'POST', 'policy: { attemptTimeoutSeconds: 120 }'),
    operation('report', 'GET', 'policy: { breakerFailures: 1, breakerOpenSeconds: 3600 }'),
    operation('hang', 'GET', 'policy: { attemptTimeoutSeconds: 1 }'),
    operation('told', 'GET', `callbacks: ['${url}/receiver']`),
  ].join('\n');
}

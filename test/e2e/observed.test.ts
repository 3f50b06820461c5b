// What an operator sees of a gateway at work: its page of metrics, the dashboard that is read from it,
// and one trace from the agent's call to the request upstream and the callback.
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { METRICS, toPrometheusName, type MetricName } from '../../src/observability/metrics.ts';
import { connectClient, DIALECTS } from '../support/clients/mcp-clients.ts';
import { findEmpty, readQueries } from './dashboard.ts';
import { modernHeaders, send, toModern } from '../support/gateways/http-gateway.ts';
import { createHome } from '../support/processes/home.ts';
import { startLonghaul, type Longhaul } from '../support/processes/longhaul.ts';
import { SECRET } from '../support/peers/callback-receiver.ts';
import { startOtlpCollector, type OtlpCollector } from '../support/peers/otlp-collector.ts';
import { findPromtool } from '../support/processes/promtool.ts';
import { findLine, LANES, toCounts, toShapes } from './observed-lanes.ts';
import { scrape, valueIn, type Sample } from './scrape.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';
import { startFakeUpstream, type FakeUpstream } from '../support/peers/upstream.ts';
import { createWorkspace, type Workspace } from '../support/files/workspace.ts';

const PEER = fileURLToPath(new URL('../support/peers/mcp-server.js', import.meta.url));
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const CALLER_SPAN = 'b7ad6b7169203331';

const TRACEPARENT = `"traceparent":"00-${TRACE_ID}-${CALLER_SPAN}-01"`;
const TRACED = {
  name: 'initiate_background_task',
  arguments: { operation_type: 'fetch', parameters: {}, idempotency_key: 'once', wait_seconds: 20 },
};

let temporal: TestTemporal;
let upstream: FakeUpstream;
let collector: OtlpCollector;
let workspace: Workspace;
let longhaul: Longhaul;
let failedRef: string;
/** Of the workflow and of the activity. */
let flakyRefs: string[];
let before: readonly Sample[];
let after: readonly Sample[];

beforeAll(async () => {
  temporal = await startTestTemporal();
  upstream = await startFakeUpstream(({ path }) => {
    const isFirst = upstream.requests.filter((request) => request.path === path).length === 1;
    return path === '/down' || (path.startsWith('/flaky') && isFirst) ? 503 : { body: { ok: 1 } };
  });
  collector = await startOtlpCollector();
  workspace = await createWorkspace({ 'longhaul.config.yaml': toConfiguration(upstream.url) });
  longhaul = await startLonghaul('dev', ['--port', '0', '--metrics-port', '0'], {
    cwd: workspace.directory,
    env: {
      TEMPORAL_ADDRESS: temporal.address,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      CALLBACK_SECRET: SECRET,
    },
  });
  before = await scrape(longhaul.metricsUrl);
  await work();
  after = await untilShown();
});

afterAll(async () => {
  await longhaul[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
  await collector[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

/** One task of every kind, each of them read to its end. */
async function work(): Promise<void> {
  await using client = await connectClient(DIALECTS[0], { url: longhaul.mcpUrl });
  const initiate = (operation: string, more: object = {}) =>
    client.call('initiate_background_task', {
      operation_type: operation,
      parameters: {},
      wait_seconds: 20,
      ...more,
    });
  const traced = await send(longhaul.mcpUrl, {
    headers: { ...modernHeaders, 'mcp-name': 'initiate_background_task' },
    body: toModern('tools/call', TRACED).replace('"_meta":{', `"_meta":{${TRACEPARENT},`),
  });
  expect(traced.status).toBe(200);
  const fetched = await initiate('fetch', { idempotency_key: 'once' });
  await client.call('resolve_task_status', { task_ref: fetched.json.task_ref });
  await client.call('read');
  flakyRefs = [];
  for (const lane of LANES) flakyRefs.push((await initiate(`flaky_${lane}`)).json.task_ref);
  failedRef = (await initiate('down')).json.task_ref;
  await client.call('resolve_task_status', { task_ref: 'nothing.AAAAAAAAAAAAAAAAAAAAAA' });
}

/** The page once the look at the fleet has gone round, and the callback has been delivered. */
async function untilShown(): Promise<readonly Sample[]> {
  for (;;) {
    const samples = await scrape(longhaul.metricsUrl);
    const has = (name: string, labels: Readonly<Record<string, string>>) =>
      (valueIn(samples, `mcp_async_${name}`, labels) ?? 0) > 0;
    const told = has('callbacks_total', { operation: 'fetch', status: 'delivered' });
    const kept = has('tasks', { operation: 'fetch', status: 'completed' });
    const failed = has('tasks_ended_total', { operation: 'down', status: 'failed' });
    const both = LANES.every((lane) =>
      has('tasks_ended_total', { operation: `flaky_${lane}`, status: 'completed' }),
    );
    if (has('workers_polling', { kind: 'activity' }) && told && kept && failed && both) {
      return samples;
    }
    await sleep(200);
  }
}

const valueOf = (name: string, labels: Readonly<Record<string, string>>) =>
  valueIn(after, `mcp_async_${name}`, labels);

describe('the page of metrics', () => {
  test('counts what went by', () => {
    expect({
      started: valueOf('tasks_started_total', { operation: 'fetch' }),
      deduplicated: valueOf('deduplications_total', { operation: 'fetch' }),
      completed: valueOf('tasks_ended_total', { operation: 'fetch', status: 'completed' }),
      failed: valueOf('tasks_ended_total', { operation: 'down', code: 'UPSTREAM_UNAVAILABLE' }),
      attempts: valueOf('attempts_total', { operation: 'down', code: 'UPSTREAM_UNAVAILABLE' }),
      retries: valueOf('retries_total', { operation: 'down' }),
      recoveries: valueOf('recoveries_total', { operation: 'down' }),
      unknown: valueOf('unknown_outcomes_total', { operation: 'fetch' }),
      refused: valueOf('refusals_total', { code: 'TASK_NOT_FOUND' }),
      polls: valueOf('polls_per_task_sum', { operation: 'fetch' }),
      running: valueOf('attempts_running', { operation: 'fetch' }),
      kept: valueOf('tasks', { operation: 'fetch', status: 'completed' }),
      sla: valueOf('sla_seconds', { operation: 'fetch' }),
      told: valueOf('callbacks_total', { operation: 'fetch', status: 'delivered' }),
      givenUp: valueOf('callbacks_total', { operation: 'fetch', status: 'given_up' }),
      well: valueOf('upstream_failures', { upstream: 'shelf' }),
      sick: valueOf('upstream_failures', { upstream: 'sick' }),
      open: valueOf('upstream_connections', { upstream: 'shelf' }),
      sent: valueOf('callback_attempts_total', { operation: 'fetch', status: 'delivered' }),
    }).toEqual({
      started: 1,
      deduplicated: 1,
      completed: 1,
      failed: 1,
      attempts: 2,
      retries: 1,
      recoveries: 0,
      unknown: 0,
      refused: 1,
      polls: 1,
      running: 0,
      kept: 1,
      sla: 7,
      told: 1,
      givenUp: 0,
      well: 0,
      sick: 1,
      open: 1,
      sent: 1,
    });
  });

  test('shows the same of a task that is one activity as of one that is a workflow', () => {
    const [workflow, activity] = LANES.map((lane) => toCounts(after, `flaky_${lane}`));
    expect(activity).toEqual(workflow);
    const operation = 'flaky_activity';
    expect({
      started: valueOf('tasks_started_total', { operation }),
      failed: valueOf('attempts_total', { operation, code: 'UPSTREAM_UNAVAILABLE' }),
      retries: valueOf('retries_total', { operation }),
      succeeded: valueOf('attempts_total', { operation, code: '' }),
      completed: valueOf('tasks_ended_total', { operation, status: 'completed', code: '' }),
      measured: valueOf('attempt_duration_seconds_count', { operation }),
    }).toEqual({ started: 1, failed: 1, retries: 1, succeeded: 1, completed: 1, measured: 2 });
  });

  test('shows the metrics of the table, with its labels and no others', () => {
    const shown = after.filter(({ name }) => name.startsWith('mcp_async_'));
    const wrong = shown.filter(({ name, labels }) => {
      const metric = (Object.keys(METRICS) as MetricName[]).find((key) =>
        new RegExp(`^${toPrometheusName('mcp_async', key)}(_bucket|_sum|_count)?$`).test(name),
      );
      const keys = Object.keys(labels).filter((key) => key !== 'le');
      return (
        metric === undefined || keys.sort().join() !== [...METRICS[metric].labels].sort().join()
      );
    });
    expect(wrong).toEqual([]);
    const missing = (Object.keys(METRICS) as MetricName[]).filter((key) => {
      const prometheusName = toPrometheusName('mcp_async', key);
      return !shown.some(({ name }) => name.startsWith(prometheusName));
    });
    expect(missing).toEqual([]);
  });

  test("has the SDK's own below", () => {
    const names = new Set(after.map(({ name }) => name));
    expect([...names]).toEqual(
      expect.arrayContaining([
        'temporal_request_latency_seconds_bucket',
        'temporal_worker_task_slots_available',
      ]),
    );
  });
});

const promtool = findPromtool();
if (promtool === null) process.stderr.write('promtool is not here: the dashboard is skipped\n');

(promtool === null ? describe.skip : describe)("in Prometheus's own engine", () => {
  test('every query of the dashboard finds what the gateway exposes', async () => {
    const queries = await readQueries(
      new URL('../../deploy/grafana/longhaul.json', import.meta.url),
    );
    expect(queries.length).toBeGreaterThan(30);
    expect(await findEmpty(promtool!, queries, before, after)).toBe('');
  });
});

test('readiness says which upstream fails, and does not depend on it', async () => {
  const answer = await fetch(new URL('/readyz', longhaul.mcpUrl));
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { ready: true, temporal: true, worker: true, upstreams: { shelf: 'ok', sick: 'failing' } },
  ]);
});

test('one trace leads from the call over the task and its attempt to the request upstream, and to the callback', async () => {
  const wanted = ['start fetch', 'task fetch', 'attempt fetch', 'attempt callback.send'];
  const sent = upstream.requests.find(({ path }) => path.startsWith('/fine'));
  const ofTrace = () => collector.spans.filter(({ traceId }) => traceId === TRACE_ID);
  while (!wanted.every((name) => ofTrace().some((span) => span.name === name))) await sleep(100);
  const [start] = ofTrace().filter(({ name }) => name === 'start fetch');
  const [attempt] = ofTrace().filter(({ name }) => name === 'attempt fetch');
  const request = ofTrace().find(({ name }) => name.startsWith('GET '));
  expect(start?.parentSpanId).toBe(CALLER_SPAN);
  const named = ofTrace().filter(({ name }) => wanted.includes(name));
  for (const span of named) expect(span.attributes['longhaul.task_ref']).toMatch(/^once\./);
  expect(attempt?.parentSpanId).toBe(start?.spanId);
  expect(request?.parentSpanId).toBe(attempt?.spanId);
  expect(sent?.headers['traceparent']).toBe(`00-${TRACE_ID}-${request!.spanId}-01`);
  expect(request?.attributes).toMatchObject({
    'url.path': '/fine',
    'http.response.status_code': 200,
  });
  const [sending] = ofTrace().filter(({ name }) => name === 'attempt callback.send');
  expect(sending?.parentSpanId).toBe(start?.spanId);
  const told = upstream.requests.find(({ path }) => path === '/told');
  expect(told?.headers['traceparent']).toContain(TRACE_ID);
  expect(JSON.stringify(collector.spans)).not.toContain('hidden');
});

test('the log says of an attempt which task it was, for whom, in which trace', () => {
  const lines = longhaul
    .log()
    .split('\n')
    .filter((line) => line.includes('"operation":"down"'));
  expect(lines.map((line) => JSON.parse(line) as unknown)).toContainEqual(
    expect.objectContaining({
      task_ref: failedRef,
      operation: 'down',
      attempt: 1,
      principal: expect.stringMatching(/^[\w-]{12}$/),
      trace_id: expect.stringMatching(/^[\da-f]{32}$/),
      code: 'UPSTREAM_UNAVAILABLE',
    }),
  );
});

test('a task that is one activity has the spans and the log lines of one that is a workflow', async () => {
  const ofTask = (index: number) =>
    collector.spans.filter(
      ({ attributes }) => attributes['longhaul.task_ref'] === flakyRefs[index],
    );
  const isThere = () => [0, 1].every((index) => ofTask(index).length >= 4);
  for (let left = 300; left > 0 && !isThere(); left -= 1) await sleep(100);
  const [workflow, activity] = LANES.map((lane, index) => ({
    spans: toShapes(ofTask(index), `flaky_${lane}`),
    traces: new Set(ofTask(index).map(({ traceId }) => traceId)).size,
    fields: Object.keys(findLine(longhaul.log(), `flaky_${lane}`)).sort(),
  }));
  expect(activity).toEqual(workflow);
  expect(activity).toMatchObject({ traces: 1 });
  expect(findLine(longhaul.log(), 'flaky_activity')).toMatchObject({
    ...{ task_ref: flakyRefs[1], attempt: 1, code: 'UPSTREAM_UNAVAILABLE' },
    principal: expect.stringMatching(/^[\w-]{12}$/),
    trace_id: ofTask(1)[0]!.traceId,
  });
});

test('tasks show tells the story of one task', async () => {
  await using home = await createHome();
  const env = { TEMPORAL_ADDRESS: temporal.address, LONGHAUL_UI_URL: 'http://localhost:8080/' };
  const show = async (...flags: string[]) => {
    const shown = await home.run(['tasks', 'show', failedRef, ...flags], env);
    expect([shown.exitCode, shown.stderr]).toEqual([0, '']);
    return shown.stdout;
  };
  const text = await show();
  expect(text).toMatch(/attempt 1 failed: UPSTREAM_UNAVAILABLE/);
  expect(text).toMatch(/waits 10 ms before the next attempt/);
  expect(text).toMatch(/failed after .*: UPSTREAM_UNAVAILABLE/);
  const { story, temporal_ui_url: link } = JSON.parse(await show('--json')) as {
    readonly story: readonly { readonly text: string }[];
    readonly temporal_ui_url: string;
  };
  expect(story.map(({ text: told }) => told)).toContain('attempt 2 waits for a worker');
  expect(link).toMatch(
    /^http:\/\/localhost:8080\/namespaces\/default\/workflows\/local%3A[^/]+\/[0-9a-f-]{36}\/history$/,
  );
});

const RETRIED = 'policy: { retryAttempts: 1, retryInitialIntervalMs: 10 }';

test('of a task that is one activity, too, with its link', async () => {
  await using home = await createHome();
  const env = { TEMPORAL_ADDRESS: temporal.address, LONGHAUL_UI_URL: 'http://localhost:8080/' };
  const shown = await home.run(['tasks', 'show', flakyRefs[1]!, '--json'], env);
  expect([shown.exitCode, shown.stderr]).toEqual([0, '']);
  const { story, ...answer } = JSON.parse(shown.stdout) as {
    readonly story: readonly { readonly text: string }[];
  };
  expect(story.map(({ text }) => text.replace(/ on \S+$/, '').replace(/\d+ ms/, 'T'))).toEqual([
    'accepted',
    expect.stringMatching(/^attempt 1 failed: UPSTREAM_UNAVAILABLE, /),
    'attempt 2 runs',
    'attempt 2 brought a result',
    'completed after T',
  ]);
  expect(answer).toMatchObject({
    callbacks: [],
    temporal_ui_url: expect.stringMatching(
      /^http:\/\/localhost:8080\/namespaces\/default\/activities\/local%3A[^/]+\/[0-9a-f-]{36}\/details$/,
    ),
  });
});

function toConfiguration(upstreamUrl: string): string {
  const operation = (name: string, path: string, policy: string) =>
    `  ${name}: { kind: http, description: Asks., request: { method: GET, url: '${upstreamUrl}${path}' }, ${policy} }`;
  return [
    'builtins: false',
    `callbacks: { secrets: [env:CALLBACK_SECRET], allow: ['${upstreamUrl}'], allowPrivate: [127.0.0.1] }`,
    `upstreams: { shelf: { command: '${process.execPath}', args: ['${PEER}'] }, sick: { command: /nowhere } }`,
    'operations:',
    operation(
      'fetch',
      '/fine?key=hidden',
      `policy: { slaSeconds: 7, breakerFailures: 5 }, callbacks: ['${upstreamUrl}/told']`,
    ),
    operation('down', '/down', RETRIED),
    ...LANES.map((lane) =>
      operation(`flaky_${lane}`, `/flaky/${lane}`, `${RETRIED}, lane: ${lane}`),
    ),
  ].join('\n');
}

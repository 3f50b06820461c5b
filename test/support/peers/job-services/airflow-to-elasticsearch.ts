// Peers of services: what their documentation says that they answer, cut to one job.
import {
  json,
  file,
  cancels,
  header,
  bearer,
  basic,
  words,
  when,
  graphql,
  target,
  aFile,
  type JobService,
} from './service.ts';

export const AIRFLOW_TO_ELASTICSEARCH: Readonly<Record<string, JobService>> = {
  airflow: {
    operation: 'run_dag',
    parameters: { dag: 'etl' },
    admits: basic,
    routes: {
      'POST /api/v1/dags/etl/dagRuns': () =>
        json({ dag_run_id: 'manual__2026-05-01T10:00:00+00:00' }),
      'GET /api/v1/dags/etl/dagRuns/manual__2026-05-01T10%3A00%3A00%2B00%3A00': words(
        { running: 'running', ok: 'success', failed: 'failed', cancelled: 'failed' },
        undefined,
        'state',
      ),
      'PATCH /api/v1/dags/etl/dagRuns/*': cancels(json({ state: 'failed' })),
    },
    result: { id: 'j1', state: 'success' },
    failure: 'failed',
  },
  'anthropic-batches': {
    operation: 'message_batch',
    parameters: { requests: [{ custom_id: 'a', params: {} }] },
    admits: header('x-api-key', 's3cret-1'),
    routes: {
      'POST /v1/messages/batches': () =>
        json({ id: 'j1', processing_status: 'in_progress', results_url: null }),
      'GET /v1/messages/batches/j1': (job) => {
        const ended = job.look() !== 'running';
        const results = `${job.base}/v1/messages/batches/j1/results`;
        return json({
          processing_status: ended ? 'ended' : 'in_progress',
          results_url: ended ? results : null,
        });
      },
      'GET /v1/messages/batches/j1/results': () =>
        file('{"custom_id":"a"}\n', 'application/x-jsonl'),
      'POST /v1/messages/batches/j1/cancel': cancels(json({})),
    },
    result: aFile('application/x-jsonl'),
  },
  assemblyai: {
    operation: 'transcribe',
    parameters: { audio_url: 'https://a.example/a.mp3' },
    admits: header('authorization', 's3cret-1'),
    routes: {
      'POST /v2/transcript': () => json({ id: 'j1', status: 'queued' }),
      'GET /v2/transcript/j1': words(
        { running: 'processing', ok: 'completed', failed: 'error' },
        (phase) => ({
          text: phase === 'ok' ? 'Hello there.' : null,
          ...when(phase, 'failed', { error: 'the file cannot be read' }),
        }),
      ),
    },
    result: 'Hello there.',
    failure: 'the file cannot be read',
  },
  'aws-athena': {
    operation: 'athena_query',
    parameters: { sql: 'select 1' },
    admits: ({ headers }) =>
      /^AWS4-HMAC-SHA256 Credential=s3cret-1\/\d{8}\/eu-central-1\/athena\/aws4_request, /.test(
        headers.authorization ?? '',
      ) && headers['content-type'] === 'application/x-amz-json-1.1',
    routes: {
      'POST /': (job, request) => {
        if (target(request) === 'StartQueryExecution') return json({ QueryExecutionId: 'j1' });
        if (target(request) === 'GetQueryResults') {
          return json({ ResultSet: { Rows: [{ Data: [{ VarCharValue: '1' }] }] } });
        }
        if (target(request) === 'StopQueryExecution') return cancels(json({}))(job, request);
        const state = {
          running: 'RUNNING',
          ok: 'SUCCEEDED',
          failed: 'FAILED',
          cancelled: 'CANCELLED',
        };
        return json({
          QueryExecution: { Status: { State: state[job.look()], StateChangeReason: 'no table' } },
        });
      },
    },
    result: [{ Data: [{ VarCharValue: '1' }] }],
    failure: 'no table',
  },
  'azure-document-intelligence': {
    operation: 'analyze_layout',
    parameters: { url: 'https://a.example/a.pdf' },
    admits: header('ocp-apim-subscription-key', 's3cret-1'),
    routes: {
      'POST /documentintelligence/documentModels/prebuilt-layout:analyze': ({ base }) => ({
        status: 202,
        headers: {
          'operation-location': `${base}/results/j1?api-version=2024-11-30`,
          'retry-after': '1',
        },
      }),
      'GET /results/j1': words(
        { running: 'running', ok: 'succeeded', failed: 'failed' },
        (phase) => ({
          ...when(phase, 'ok', { analyzeResult: { content: 'Invoice 1' } }),
          ...when(phase, 'failed', { error: { message: 'the page is too large' } }),
        }),
      ),
      'DELETE /results/j1': cancels(),
    },
    result: { content: 'Invoice 1' },
    failure: 'the page is too large',
  },
  'bright-data': {
    operation: 'scrape',
    parameters: { dataset: 'gd_1', inputs: [{ url: 'https://a.example' }] },
    admits: bearer,
    routes: {
      'POST /datasets/v3/trigger': () => json({ snapshot_id: 'j1' }),
      'GET /datasets/v3/progress/j1': words(
        { running: 'running', ok: 'ready', failed: 'failed' },
        (phase) => when(phase, 'failed', { error_message: 'All inputs failed' }),
      ),
      'GET /datasets/v3/snapshot/j1': () => json([{ price: 3 }]),
      'POST /datasets/v3/snapshot/j1/cancel': cancels(json('OK')),
    },
    result: [{ price: 3 }],
    failure: 'All inputs failed',
  },
  dagster: {
    operation: 'dagster_run',
    parameters: { job: 'etl' },
    routes: {
      'POST /graphql': (job, request) => {
        if (graphql(request, 'launchRun'))
          return json({ data: { launchRun: { run: { runId: 'j1' } } } });
        if (graphql(request, 'terminateRun')) return cancels(json({ data: {} }))(job, request);
        const status = {
          running: 'STARTED',
          ok: 'SUCCESS',
          failed: 'FAILURE',
          cancelled: 'CANCELED',
        };
        return json({ data: { runOrError: { runId: 'j1', status: status[job.look()] } } });
      },
    },
    result: { runId: 'j1', status: 'SUCCESS' },
    failure: 'FAILURE',
  },
  elasticsearch: {
    operation: 'async_search',
    parameters: { index: 'sales', query: { match_all: {} } },
    admits: header('authorization', 'ApiKey s3cret-1'),
    routes: {
      'POST /sales/_async_search': () =>
        json({ id: 'j1=', is_running: true, response: { hits: 0 } }),
      'GET /_async_search/j1%3D': (job) => {
        const phase = job.look();
        return json({
          is_running: phase === 'running',
          response: { hits: 7 },
          ...when(phase, 'failed', { error: { reason: 'all shards failed' } }),
        });
      },
      'DELETE /_async_search/j1%3D': cancels(json({ acknowledged: true })),
    },
    result: { hits: 7 },
    failure: 'all shards failed',
  },
};

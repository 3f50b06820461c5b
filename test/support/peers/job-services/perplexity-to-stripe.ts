// Peers of services: what their documentation says that they answer, cut to one job.
import {
  json,
  file,
  cancels,
  bearer,
  words,
  when,
  graphql,
  aFile,
  type JobService,
} from './service.ts';

export const PERPLEXITY_TO_STRIPE: Readonly<Record<string, JobService>> = {
  perplexity: {
    operation: 'research',
    parameters: { question: 'why?' },
    admits: bearer,
    routes: {
      'POST /v1/async/sonar': () => json({ id: 'j1', status: 'CREATED' }),
      'GET /v1/async/sonar/j1': words(
        { running: 'IN_PROGRESS', ok: 'COMPLETED', failed: 'FAILED' },
        (phase) => ({
          ...when(phase, 'ok', { response: { choices: [{ message: { content: 'Because.' } }] } }),
          ...when(phase, 'failed', { error_message: 'the request took too long' }),
        }),
      ),
    },
    result: 'Because.',
    failure: 'the request took too long',
  },
  prefect: {
    operation: 'run_flow',
    parameters: { deployment: 'd1' },
    admits: bearer,
    routes: {
      'POST /api/deployments/d1/create_flow_run': (_, { json: body, idempotencyKey }) => {
        const key = (body as { idempotency_key?: string }).idempotency_key;
        return key === 'key-1' && idempotencyKey === null ? json({ id: 'j1' }, 201) : 422;
      },
      'GET /api/flow_runs/j1': words(
        { running: 'RUNNING', ok: 'COMPLETED', failed: 'CRASHED', cancelled: 'CANCELLED' },
        (phase) => ({ state: { message: phase === 'failed' ? 'status code 137' : null } }),
        'state_type',
      ),
      'POST /api/flow_runs/j1/set_state': cancels(json({ status: 'ACCEPT' })),
    },
    result: { message: null },
    failure: 'status code 137',
  },
  replicate: {
    operation: 'replicate_predict',
    parameters: { version: 'v1', input: { prompt: 'a cat' } },
    admits: bearer,
    routes: {
      'POST /v1/predictions': ({ base }) => {
        const get = `${base}/v1/predictions/j1`;
        return json({ id: 'j1', status: 'starting', urls: { get, cancel: `${get}/cancel` } }, 201);
      },
      'GET /v1/predictions/j1': words(
        { running: 'processing', ok: 'succeeded', failed: 'failed' },
        (phase) => ({
          output: phase === 'ok' ? ['out.png'] : null,
          error: phase === 'failed' ? 'out of memory' : null,
        }),
      ),
      'POST /v1/predictions/j1/cancel': cancels(json({})),
    },
    result: ['out.png'],
    failure: 'out of memory',
  },
  runpod: {
    operation: 'runpod_run',
    parameters: { endpoint: 'ep1', input: {} },
    admits: bearer,
    routes: {
      'POST /v2/ep1/run': () => json({ id: 'j1', status: 'IN_QUEUE' }),
      'GET /v2/ep1/status/j1': words(
        { running: 'IN_PROGRESS', ok: 'COMPLETED', failed: 'FAILED' },
        (phase) => ({
          ...when(phase, 'ok', { output: { image: 'b' } }),
          ...when(phase, 'failed', { error: 'the handler raised ValueError' }),
        }),
      ),
      'POST /v2/ep1/cancel/j1': cancels(json({})),
    },
    result: { image: 'b' },
    failure: 'the handler raised ValueError',
  },
  'salesforce-bulk': {
    operation: 'bulk_insert',
    parameters: { csv: 'Name\nAnn\n' },
    admits: bearer,
    routes: {
      'POST /services/data/v62.0/jobs/ingest': () => json({ id: 'j1', state: 'Open' }),
      'PUT /services/data/v62.0/jobs/ingest/j1/batches': (_, { headers, text }) =>
        headers['content-type'] === 'text/csv' && text === 'Name\nAnn\n' ? 201 : 400,
      'PATCH /services/data/v62.0/jobs/ingest/j1': (job, { json: body }) => {
        if ((body as { state?: string }).state === 'Aborted') job.cancel();
        return json({ id: 'j1' });
      },
      'GET /services/data/v62.0/jobs/ingest/j1': words(
        { running: 'InProgress', ok: 'JobComplete', failed: 'Failed', cancelled: 'Aborted' },
        (phase) => when(phase, 'failed', { errorMessage: 'no field Nme' }),
        'state',
      ),
      'GET /services/data/v62.0/jobs/ingest/j1/successfulResults': () => file('a,b\n', 'text/csv'),
    },
    result: aFile('text/csv'),
    failure: 'no field Nme',
  },
  shopify: {
    operation: 'export_products',
    parameters: {},
    routes: {
      'POST /admin/api/2026-01/graphql.json': (job, request) => {
        if (request.headers['x-shopify-access-token'] !== 's3cret-1') return 401;
        if (graphql(request, 'bulkOperationRunQuery')) {
          const bulkOperation = { id: 'gid://shopify/BulkOperation/1', status: 'CREATED' };
          return json({ data: { bulkOperationRunQuery: { bulkOperation, userErrors: [] } } });
        }
        if (graphql(request, 'bulkOperationCancel')) {
          return cancels(json({ data: { bulkOperationCancel: { userErrors: [] } } }))(job, request);
        }
        const phase = job.look();
        const status = {
          running: 'RUNNING',
          ok: 'COMPLETED',
          failed: 'FAILED',
          cancelled: 'CANCELED',
        }[phase];
        const url = phase === 'ok' ? `${job.base}/bulk.jsonl` : null;
        return json({
          data: { node: { status, errorCode: phase === 'failed' ? 'ACCESS_DENIED' : null, url } },
        });
      },
      'GET /bulk.jsonl': () => file('{"id":"gid://shopify/Product/1"}\n', 'application/jsonl'),
    },
    result: aFile('application/jsonl'),
    failure: 'ACCESS_DENIED',
  },
  snowflake: {
    operation: 'snowflake_query',
    parameters: { sql: 'select 42' },
    admits: bearer,
    routes: {
      'POST /api/v2/statements': (_, { path }) =>
        path.includes('requestId=key-1') ? json({ statementHandle: 'j1' }, 202) : 400,
      'GET /api/v2/statements/j1': (job) => {
        const phase = job.look();
        if (phase === 'running') return json({ code: '333334' }, 202);
        return phase === 'ok'
          ? json({ data: [['42']] })
          : json({ message: 'table T does not exist' }, 422);
      },
      'POST /api/v2/statements/j1/cancel': cancels(json({})),
    },
    result: [['42']],
    failure: 'table T does not exist',
  },
  'stripe-reports': {
    operation: 'stripe_report',
    parameters: { type: 'balance.summary.1' },
    admits: bearer,
    routes: {
      'POST /v1/reporting/report_runs': (_, { text }) =>
        text === 'report_type=balance.summary.1' ? json({ id: 'j1' }) : 400,
      'GET /v1/reporting/report_runs/j1': words(
        { running: 'pending', ok: 'succeeded', failed: 'failed' },
        (phase) => ({
          result: phase === 'ok' ? { id: 'file_1' } : null,
          error: phase === 'failed' ? 'there is no data' : null,
        }),
      ),
      'GET /v1/files/file_1/contents': () => file('a,b\n1,2\n', 'text/csv'),
    },
    result: aFile('text/csv'),
    failure: 'there is no data',
  },
};

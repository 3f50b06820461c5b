// Peers of services of which test/openapi/descriptions has the description and examples/services no declaration.
import { bearer, cancels, json, when, words, type JobService } from './service.ts';

export const DESCRIBED_SERVICES: Readonly<Record<string, JobService>> = {
  'databricks-sql': {
    operation: 'execute_statement',
    parameters: { statement: 'select 42', warehouse_id: 'w1', wait_timeout: '0s' },
    admits: bearer,
    routes: {
      'POST /api/2.0/sql/statements/': () =>
        json({ statement_id: 'j1', status: { state: 'PENDING' } }),
      'GET /api/2.0/sql/statements/j1': (job) => {
        const phase = job.look();
        const state = {
          running: 'RUNNING',
          ok: 'SUCCEEDED',
          failed: 'FAILED',
          cancelled: 'CANCELED',
        }[phase];
        return json({
          statement_id: 'j1',
          status: { state, ...when(phase, 'failed', { error: { message: 'no such table' } }) },
          ...when(phase, 'ok', { result: { data_array: [['42']] } }),
        });
      },
      'POST /api/2.0/sql/statements/j1/cancel': cancels(json({})),
    },
    result: { data_array: [['42']] },
    failure: 'no such table',
  },
  apify: {
    operation: 'act_runs_post',
    parameters: { actorId: 'jane~crawler', body: { foo: 'bar' } },
    admits: bearer,
    routes: {
      'POST /v2/acts/jane~crawler/runs': ({ base }, { json: body }) =>
        JSON.stringify(body) === '{"foo":"bar"}'
          ? json({ data: { id: 'j1', actId: 'a1', status: 'READY' } }, 201, {
              location: `${base}/v2/acts/a1/runs/j1`,
            })
          : 400,
      'GET /v2/actor-runs/j1': (job) => {
        const phase = job.look();
        const status = {
          running: 'READY', // it waits to be run
          ok: 'SUCCEEDED',
          failed: 'FAILED',
          cancelled: 'ABORTED',
        }[phase];
        const statusMessage = phase === 'failed' ? 'the memory was too small' : null;
        return json({ data: { id: 'j1', status, statusMessage, defaultDatasetId: 'd1' } });
      },
      'POST /v2/actor-runs/j1/abort': cancels(json({ data: {} })),
    },
    result: {
      data: { id: 'j1', status: 'SUCCEEDED', statusMessage: null, defaultDatasetId: 'd1' },
    },
    failure: 'the memory was too small',
  },
  'github-sarif': {
    operation: 'code_scanning_upload_sarif',
    parameters: {
      owner: 'octo',
      repo: 'hello',
      commit_sha: 'a'.repeat(40),
      ref: 'refs/heads/main',
      sarif: 'H4sI',
    },
    routes: {
      'POST /repos/octo/hello/code-scanning/sarifs': () =>
        json({ id: 'j1', url: 'https://api.github.example/j1' }, 202),
      'GET /repos/octo/hello/code-scanning/sarifs/j1': words(
        { running: 'pending', ok: 'complete', failed: 'failed' },
        (phase) => ({ errors: phase === 'failed' ? ['the file is no SARIF'] : null }),
        'processing_status',
      ),
    },
    result: { id: 'j1', processing_status: 'complete', errors: null },
    failure: 'the file is no SARIF',
  },
};

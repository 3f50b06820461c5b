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
  aFile,
  type JobService,
} from './service.ts';

export const FAL_TO_OPENAI: Readonly<Record<string, JobService>> = {
  fal: {
    operation: 'fal_flux',
    parameters: { prompt: 'a cat' },
    admits: header('authorization', 'Key s3cret-1'),
    routes: {
      'POST /fal-ai/flux/dev': ({ base }) =>
        json({
          status_url: `${base}/r/j1/status`,
          response_url: `${base}/r/j1`,
          cancel_url: `${base}/r/j1/cancel`,
        }),
      'GET /r/j1/status': (job) =>
        job.look() === 'running'
          ? json({ status: 'IN_PROGRESS' }, 202)
          : json({ status: 'COMPLETED' }),
      'GET /r/j1': (job) =>
        job.now() === 'ok'
          ? json({ seed: 42 })
          : json({ detail: [{ msg: 'content policy violation' }] }, 422),
      'PUT /r/j1/cancel': cancels(json({ status: 'CANCELLATION_REQUESTED' }, 202)),
    },
    result: { seed: 42 },
    failure: 'content policy violation',
  },
  firecrawl: {
    operation: 'crawl',
    parameters: { url: 'https://a.example' },
    admits: bearer,
    routes: {
      'POST /v2/crawl': () => json({ success: true, id: 'j1' }),
      'GET /v2/crawl/j1': (job, { path }) => {
        if (path.includes('skip=1')) return json({ status: 'completed', data: ['page 2'] });
        const status = {
          running: 'scraping',
          ok: 'completed',
          failed: 'failed',
          cancelled: 'cancelled',
        };
        const phase = job.look();
        const next = phase === 'ok' ? { next: `${job.base}/v2/crawl/j1?skip=1` } : {};
        return json({ status: status[phase], total: 2, completed: 1, data: ['page 1'], ...next });
      },
      'DELETE /v2/crawl/j1': cancels(json({ status: 'cancelled' })),
    },
    result: ['page 1', 'page 2'],
    failure: 'failed',
  },
  'github-actions': {
    operation: 'run_workflow',
    parameters: { repository: 'octo/hello', workflow: 'ci.yml' },
    admits: bearer,
    routes: {
      'POST /repos/octo/hello/actions/workflows/ci.yml/dispatches': () =>
        json({ workflow_run_id: 30433642 }),
      'GET /repos/octo/hello/actions/runs/30433642': (job) => {
        const conclusion = {
          running: null,
          ok: 'success',
          failed: 'failure',
          cancelled: 'cancelled',
        }[job.look()];
        const status = conclusion === null ? 'in_progress' : 'completed';
        return json({ status, conclusion, html_url: 'https://github.example/run' });
      },
      'POST /repos/octo/hello/actions/runs/30433642/cancel': cancels(json({}, 202)),
    },
    result: 'https://github.example/run',
    failure: 'failure',
  },
  'google-veo': {
    operation: 'veo_video',
    parameters: { prompt: 'a cat' },
    admits: header('x-goog-api-key', 's3cret-1'),
    routes: {
      'POST /v1beta/models/veo-3.0-generate-preview:predictLongRunning': () =>
        json({ name: 'models/veo/operations/o1' }),
      'GET /v1beta/models/veo/operations/o1': (job) => {
        const phase = job.look();
        if (phase === 'running') return json({ name: 'o1', metadata: { progressPercent: 30 } });
        if (phase === 'ok') return json({ done: true, response: { video: 'v1' } });
        return json({ done: true, error: { code: 3, message: 'the prompt is not allowed' } });
      },
      'POST /v1beta/models/veo/operations/o1:cancel': cancels(json({})),
    },
    result: { video: 'v1' },
    failure: 'the prompt is not allowed',
  },
  jenkins: {
    operation: 'jenkins_build',
    parameters: { version: '1.2' },
    admits: basic,
    routes: {
      'POST /job/deploy/buildWithParameters': ({ base }) => ({
        status: 201,
        headers: { location: `${base}/queue/item/39/` },
      }),
      'GET /queue/item/39/api/json': ({ base }) =>
        json({ executable: { url: `${base}/job/deploy/139/` } }),
      'GET /job/deploy/139/api/json': (job) => {
        const result = { running: null, ok: 'SUCCESS', failed: 'FAILURE', cancelled: 'ABORTED' }[
          job.look()
        ];
        return json({ number: 139, building: result === null, result });
      },
      'POST /job/deploy/139/stop': cancels({ status: 302, headers: { location: '.' } }),
    },
    result: { number: 139, building: false, result: 'SUCCESS' },
    failure: 'FAILURE',
  },
  'openai-responses': {
    operation: 'deep_research',
    parameters: { question: 'why?' },
    admits: bearer,
    routes: {
      'POST /v1/responses': () => json({ id: 'j1', status: 'queued', error: null }),
      'GET /v1/responses/j1': words(
        { running: 'in_progress', ok: 'completed', failed: 'failed', cancelled: 'cancelled' },
        (phase) => ({
          output: phase === 'ok' ? [{ type: 'message' }] : [],
          error: phase === 'failed' ? { message: 'the model had an error' } : null,
        }),
      ),
      'POST /v1/responses/j1/cancel': cancels(json({})),
    },
    result: [{ type: 'message' }],
    failure: 'the model had an error',
  },
  'openai-videos': {
    operation: 'make_video',
    parameters: { prompt: 'a cat' },
    admits: bearer,
    routes: {
      'POST /v1/videos': () => json({ id: 'j1', status: 'queued' }),
      'GET /v1/videos/j1': words(
        { running: 'in_progress', ok: 'completed', failed: 'failed' },
        (phase) => ({
          progress: 42,
          ...when(phase, 'failed', { error: { message: 'blocked by moderation' } }),
        }),
      ),
      'GET /v1/videos/j1/content': () => file('\0\0\0\x18ftypmp42', 'video/mp4'),
      'DELETE /v1/videos/j1': cancels(json({ deleted: true })),
    },
    result: aFile('video/mp4'),
    failure: 'blocked by moderation',
  },
};

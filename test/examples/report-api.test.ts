import { expect, test } from '@jest/globals';
import { createTestContext } from '../support/operations/context.ts';
import { loadExample, runStepsOf } from './load-example.ts';
import { startFakeUpstream, type UpstreamRequest } from '../support/peers/upstream.ts';

/** A report API that creates one report per idempotency key, and is busy at the first request. */
async function startReportApi() {
  const reports = new Map<string, object>();
  let busy = true;
  const create = ({ path, json, idempotencyKey }: UpstreamRequest) => {
    if (busy) {
      busy = false;
      return {
        status: 409,
        headers: { 'retry-after': '2' },
        body: { reason: 'month is being closed' },
      };
    }
    const key = idempotencyKey ?? '';
    const report = reports.get(key) ?? {
      url: `https://files.example.com/${reports.size}`,
      path,
      asked: json,
    };
    reports.set(key, report);
    return { status: 201, body: { report } };
  };
  const upstream = await startFakeUpstream((request) => {
    if (request.headers.authorization !== 'Bearer t0ken') return 401;
    return request.method === 'POST'
      ? create(request)
      : { body: { reports: [...reports.values()] } };
  });
  return { ...upstream, reports };
}

const env = (url: string) => ({ REPORT_API_URL: url, REPORT_API_TOKEN: 't0ken' });

test('the report API example creates a report, once for any number of attempts', async () => {
  await using upstream = await startReportApi();
  const { operation, policy } = (
    await loadExample('report-api/longhaul.config.yaml', env(upstream.url))
  ).get('create_report');
  const steps = runStepsOf(operation);
  const parameters = { customer: 'acme-ltd', month: '2026-05' };
  const context = createTestContext({ env: env(upstream.url) });

  await expect(steps.run(parameters, context)).rejects.toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
    retryAfterMs: 2000,
  });
  const result = await steps.run(parameters, context);
  expect(result).toMatchObject({
    path: '/customers/acme-ltd/reports',
    asked: { month: '2026-05', format: 'pdf' },
  });
  await expect(steps.run(parameters, context)).resolves.toEqual(result);
  expect([...upstream.countsByKey()]).toEqual([['key-1', 3]]);
  expect(upstream.reports.size).toBe(1);

  expect(operation.idempotent).toBe(true);
  expect(operation.accept(parameters).deriveKey()).toBe('report-acme-ltd-2026-05-pdf');
  expect(policy).toMatchObject({ totalMs: 900_000, retry: { attempts: 3 } });
});

test('the report API example finds reports, page by page', async () => {
  await using upstream = await startReportApi();
  const { operation } = (
    await loadExample('report-api/longhaul.config.yaml', env(upstream.url))
  ).get('find_reports');
  const context = createTestContext({ env: env(upstream.url) });
  await expect(runStepsOf(operation).run({ customer: 'acme-ltd' }, context)).resolves.toEqual([]);
  await runStepsOf(operation).run({ customer: 'acme-ltd', page: 2 }, context);
  expect(upstream.requests.map(({ path }) => path)).toEqual([
    '/customers/acme-ltd/reports?per_page=20',
    '/customers/acme-ltd/reports?per_page=20&page=2',
  ]);
});

test('the report API example refuses what the API would not understand', async () => {
  const { operation } = (
    await loadExample('report-api/longhaul.config.yaml', env('http://localhost'))
  ).get('create_report');
  expect(() => {
    operation.accept({ customer: 'Acme Ltd', month: 'May', notify: 'nobody' });
  }).toThrow(/\/customer: .*\/month: .*\/notify: /);
});

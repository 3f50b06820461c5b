import { expect, test } from '@jest/globals';
import { createHostGuard, createProbeGuard } from '../../src/http/guards.ts';
import { servePage } from '../../src/observability/page.ts';
import { send } from '../support/gateways/http-gateway.ts';

const serve = async (host: string) =>
  servePage({
    host,
    port: 0,
    read: () => Promise.resolve('longhaul 1\n'),
    hostGuard: createProbeGuard(host, createHostGuard(host, [])),
    sdkUrl: 'http://127.0.0.1:1/metrics',
  });

test('on loopback no web page reads the metrics, under whatever name it leads here', async () => {
  await using page = await serve('127.0.0.1');
  const read = async (host: string) => send(page.url, { method: 'GET', headers: { host } });
  expect(await read('localhost:9464')).toMatchObject({ status: 200, text: 'longhaul 1\n' });
  expect((await read('evil.example')).status).toBe(403);
});

test('beyond loopback Prometheus may name a target as it likes', async () => {
  await using page = await serve('0.0.0.0');
  const answer = await send(page.url, { method: 'GET', headers: { host: '10.1.2.3:9464' } });
  expect(answer.status).toBe(200);
});

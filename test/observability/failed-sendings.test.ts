import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTelemetry } from '../../src/observability/open.ts';

const refusing = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(400).end());
});
let url: string;

beforeAll(async () => {
  await once(refusing.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`;
});

afterAll(() => {
  refusing.close();
});

test('that a collector takes nothing is told once, however much is refused', async () => {
  const told: string[] = [];
  const telemetry = await openTelemetry({
    ...{ version: '0', role: 'serve', prefix: 'test', page: null },
    collector: { url, traceSampleRatio: 1 },
    onSendingFailed: (reason) => told.push(reason),
  });
  telemetry.instruments.observe('alert_failure_ratio', () => [[0.05, {}]]);
  await telemetry[Symbol.asyncDispose]();
  expect(told).toEqual([expect.stringContaining('Bad Request')]);
});

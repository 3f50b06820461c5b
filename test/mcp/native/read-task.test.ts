// What a gateway understands of native tasks beyond the protocol, and that nobody gets it who has not asked.
import { expect, test } from '@jest/globals';
import { DEFAULT_POLLING } from '../../support/gateways/face.ts';
import { toProcessing } from '../../support/gateways/fake-task-service.ts';
import { startGateway, type Running } from '../../support/gateways/http-gateway.ts';
import { callLegacy, callModern } from '../../support/clients/json-rpc.ts';

const held = (seconds: unknown) => ({ 'longhaul/wait_seconds': seconds });
const DONE = { status: 'completed', result: { slept: 1 }, attempt: 1 } as const;

const FACES = [
  ['the extension', callModern],
  ['2025-11-25', callLegacy],
] as const;

async function start({ tasks }: Running): Promise<string> {
  const request = { operation: 'sleep', parameters: { seconds: 1 } };
  return (await tasks.start({ principal: 'local' }, request)).task.taskRef;
}

test.each(FACES)('of %s: a look is held until the task has ended', async (_, call) => {
  await using gateway = await startGateway();
  const taskId = await start(gateway);
  const looking = call(gateway.url, 'tasks/get', { taskId, _meta: held(25) });
  await gateway.tasks.whenWaiting();
  gateway.tasks.set(taskId, DONE);
  expect((await looking).result['status']).toBe('completed');
});

test.each(FACES)('of %s: it is held no longer than a look of the pair', async (_, call) => {
  await using gateway = await startGateway(
    {},
    { polling: { ...DEFAULT_POLLING, waitCapSeconds: 0.2 } },
  );
  const taskId = await start(gateway);
  const progress = { fraction: 0.5, message: 'half' };
  gateway.tasks.set(taskId, toProcessing(progress));
  const { result } = await call(gateway.url, 'tasks/get', { taskId, _meta: held(300) });
  expect(result).toMatchObject({ status: 'working', _meta: { 'longhaul/progress': progress } });
});

test.each(FACES)('of %s: who does not ask is answered at once, as ever', async (_, call) => {
  await using gateway = await startGateway();
  const taskId = await start(gateway);
  gateway.tasks.set(taskId, toProcessing({ fraction: 0.5, message: 'half' }));
  for (const _meta of [{}, held('25'), held(null)]) {
    const { result } = await call(gateway.url, 'tasks/get', { taskId, _meta });
    expect(result['status']).toBe('working');
    expect(JSON.stringify(result)).not.toContain('longhaul/');
  }
});

test('a cancel of 2025-11-25 is no reason to wait for the work to end', async () => {
  await using gateway = await startGateway();
  const taskId = await start(gateway);
  await callLegacy(gateway.url, 'tasks/cancel', { taskId });
  const { result } = await callLegacy(gateway.url, 'tasks/get', { taskId, _meta: held(25) });
  expect(result['status']).toBe('cancelled');
});

test('a gateway says what it is', async () => {
  const tools = { pair: false, typed: true, inlineWaitSeconds: 3 };
  await using gateway = await startGateway({}, { tools });
  const { capabilities } = (await callModern(gateway.url, 'server/discover')).result as {
    capabilities: { experimental: object };
  };
  expect(capabilities.experimental).toEqual({ longhaul: { pair: false, typed: true } });
});

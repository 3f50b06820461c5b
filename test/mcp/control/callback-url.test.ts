import { describe, expect, test } from '@jest/globals';
import { OperationError } from '../../../src/contract/errors.ts';
import type { StartRequest, TaskService } from '../../../src/tasks/service.ts';
import { connectClient } from '../../support/clients/mcp-clients.ts';
import { createFace } from '../../support/gateways/face.ts';

const callback_url = 'https://hooks.example.com/a';
const START = { operation_type: 'sleep', parameters: { seconds: 1 }, callback_url };

async function propertiesOf(takesCallbackUrl: boolean): Promise<string[]> {
  const { target } = createFace({ takesCallbackUrl });
  await using client = await connectClient('client 2.4 modern', target);
  const tools = await client.listTools();
  const tool = tools.find(({ name }) => name === 'initiate_background_task');
  const { properties } = tool!.inputSchema as { properties: object };
  return Object.keys(properties);
}

describe('callback_url', () => {
  test('is shown where some are allowed, and nowhere else', async () => {
    expect(await propertiesOf(true)).toContain('callback_url');
    expect(await propertiesOf(false)).not.toContain('callback_url');
  });

  test('goes to the task service, which alone decides', async () => {
    const face = createFace();
    const requests: StartRequest[] = [];
    const tasks: TaskService = {
      ...face.tasks,
      start: async (caller, request) => {
        requests.push(request);
        return face.tasks.start(caller, request);
      },
    };
    const { target } = createFace({ tasks });
    await using client = await connectClient('client 2.4 modern', target);
    await client.call('initiate_background_task', START);
    expect(requests).toMatchObject([{ operation: 'sleep', callbackUrl: callback_url }]);
  });

  test('that is refused is an answer that says how to allow it', async () => {
    const face = createFace();
    face.tasks.failWith(new OperationError('INVALID_PARAMETERS', 'callback_url: callbacks.allow'));
    await using client = await connectClient('client 2.4 modern', face.target);
    const answer = await client.call('initiate_background_task', START);
    expect(answer).toMatchObject({
      isError: true,
      json: { error: { code: 'INVALID_PARAMETERS', message: 'callback_url: callbacks.allow' } },
    });
  });
});

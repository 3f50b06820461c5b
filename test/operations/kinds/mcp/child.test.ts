// The process of an upstream that is a command.
import { expect, test } from '@jest/globals';
import { ChildTransport } from '../../../../src/operations/kinds/mcp/child.ts';

test('a command that stops reading before it ends is said to have ended', async () => {
  let say: (line: string) => void = () => undefined;
  const said = new Promise<string>((resolve) => (say = resolve));
  const child = new ChildTransport({
    command: 'sh',
    args: ['-c', 'exec 0<&-; echo deaf >&2; sleep 0.5; exit 3'],
    cwd: undefined,
    env: { PATH: process.env['PATH'] ?? '' },
    maxMessageBytes: 1000,
    onNoise: (_, line) => {
      say(line);
    },
  });
  await child.start();
  await said;
  // Its end of the pipe is closed by then, but what watches over it may hold the pipe for a moment longer.
  const send = async (): Promise<never> => {
    await child.send({ jsonrpc: '2.0', id: 1, method: 'ping' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    return send();
  };
  await expect(send()).rejects.toThrow('the command ended with code 3');
  await child.close();
});

test.each([
  ['without a result', '{"jsonrpc":"2.0","id":7,"result":null}', [{ id: 7, result: {} }]],
  ['with a text for a result', '{"jsonrpc":"2.0","result":"done","id":7}', [{ id: 7, result: {} }]],
  ['with a text for an error', '{"jsonrpc":"2.0","id":7,"error":"no"}', [{ id: 7, result: {} }]],
  ['with half a result', '{"jsonrpc":"2.0","id":7,"result":{"content":', [{ id: 7, result: {} }]],
  ['with a log line in it', '{"result":{"con10 %\ttent":[]},"jsonrpc":"2.0","id":7}', [{ id: 7 }]],
  ['that is well', '{"result":{"content":[]},"jsonrpc":"2.0","id":7}', [{ id: 7 }]],
  ['of a log, in JSON', '{"level":30,"error":"no","id":7}', []],
  ['of a request, cut off', '{"jsonrpc":"2.0","id":7,"method":"elicit', []],
])('a line %s ends the call that it answers, and no other', async (what, line, expected) => {
  const noise: string[] = [];
  const child = new ChildTransport({
    command: 'printf',
    args: ['%s\\n', line],
    cwd: undefined,
    env: { PATH: process.env['PATH'] ?? '' },
    maxMessageBytes: 1000,
    onNoise: (_from, said) => noise.push(said),
  });
  const messages: unknown[] = [];
  child.onmessage = (message) => messages.push(message);
  const closed = new Promise<void>((resolve) => (child.onclose = resolve));
  await child.start();
  await closed;
  expect(messages).toMatchObject(expected);
  expect(messages).toHaveLength(expected.length);
  expect(noise).toEqual(what === 'that is well' ? [] : [line]);
});

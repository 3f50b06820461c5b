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

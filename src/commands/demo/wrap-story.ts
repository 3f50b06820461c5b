// The story of `longhaul demo --wrap`: a slow tool of a server from npm, and a client that gives up in the middle of its call.
import { setTimeout as sleep } from 'node:timers/promises';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Scene } from './scene.ts';
import type { Story } from './story.ts';

const SERVER = ['npx', '-y', '@modelcontextprotocol/server-everything'];
const TOOL = 'trigger-long-running-operation';
const CALL = { duration: 12, steps: 6, idempotency_key: 'report-7' };

/** @param server the command of the server, which has that tool */
export function toWrapStory(server: readonly string[] = SERVER): Story {
  const open = async (scene: Scene) =>
    scene.connect(new StdioClientTransport(scene.product.wrap(server)));
  return {
    'A server from npm, wrapped': async (scene) => {
      scene.say(`longhaul wrap -- ${server.join(' ')}`);
      const tools = await open(scene);
      const claim = `the client is connected and sees its ${TOOL}, as the server has it`;
      scene.hold(claim, tools.includes(TOOL), tools);
    },
    'A call that takes 12 s, and a client that gives up after 4 s': async (scene) => {
      const asked = scene.ask(TOOL, CALL);
      const first = await Promise.race([asked, sleep(4_000, 'silence')]);
      scene.hold('nothing was answered in that time', first === 'silence', first);
      asked.catch(() => undefined); // the connection is closed beneath it
    },
    'The client is closed, and opened again': async (scene) => {
      await open(scene);
      const { idempotency_key: key } = CALL;
      const tasks = await scene.list({ idempotency_key: key });
      const taskRef = tasks[0]?.task_ref ?? '';
      scene.hold(`the call is found: ${taskRef}`, tasks.length === 1, tasks);
      scene.taskRefs.set(key, taskRef);
      const { result } = await scene.ends(
        CALL,
        'completed on attempt 1',
        'the server was called once',
      );
      scene.say(JSON.stringify(result));
    },
  };
}

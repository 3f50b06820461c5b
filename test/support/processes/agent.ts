// An agent as a person runs it, a process of its own, and the gateway that is killed behind it.
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectClient } from '../clients/mcp-clients.ts';
import { bareEnvironment } from './home.ts';

/** How long an agent may take, in milliseconds. */
const AGENT_MS = 240_000;

/** Runs an agent to its end; resolves to everything that it wrote. */
export async function runAgent(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  return new Promise((resolve) => {
    const options = { env: bareEnvironment(env), timeout: AGENT_MS };
    execFile(command, args, options, (_, stdout, stderr) => {
      resolve(stdout + stderr);
    });
  });
}

/** A task as a list shows it. */
interface ListedTask {
  readonly status: string;
}

/** The tasks of a gateway. */
export async function listTasks(url: string): Promise<readonly ListedTask[]> {
  await using client = await connectClient('client 2.4 modern', { url });
  return (await client.call('list_background_tasks', { limit: 100 })).json.tasks as never;
}

/** Resolves when so many tasks are being worked on, or an agent has ended, which it should not have. */
export async function whenProcessing(
  url: string,
  count: number,
  agents: readonly Promise<unknown>[],
): Promise<void> {
  const ended = new AbortController();
  void Promise.race(agents).then(() => {
    ended.abort();
  });
  for (;;) {
    const running = (await listTasks(url)).filter(({ status }) => status === 'processing');
    if (running.length >= count || ended.signal.aborted) return;
    await sleep(500);
  }
}

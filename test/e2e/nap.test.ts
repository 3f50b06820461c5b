// A machine that sleeps for a while: everything of it stands still, in the middle of attempts that must not run twice.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { parseTaskRef } from '../../src/contract/task-ref.ts';
import { readDataDirectory } from '../../src/local/index.ts';
import { awaitEnd } from '../support/clients/follow-task.ts';
import { connectClient, DIALECTS } from '../support/clients/mcp-clients.ts';
import { startFakeUpstream } from '../support/peers/upstream.ts';
import { createHome } from '../support/processes/home.ts';
import { startLonghaul } from '../support/processes/longhaul.ts';
import { connectTo, until } from '../support/temporal/data-directory.ts';

const NAP_MS = 4_000;

const declare = (url: string, path: string, heartbeatTimeoutSeconds: number) => ({
  kind: 'http',
  description: 'Must not run twice.',
  policy: { heartbeatTimeoutSeconds },
  request: { method: 'POST', url: `${url}/${path}` },
});

async function untilTimedOut(address: string, taskRef: string): Promise<void> {
  await using temporal = await connectTo(address);
  const { keyPart, runId } = parseTaskRef(taskRef)!;
  const handle = temporal.client.workflow.getHandle(`local:${keyPart}`, runId);
  await until(async () => !(await handle.describe()).raw.pendingActivities?.length);
}

test('an attempt outlasts the nap of its machine where its heartbeat may be silent for longer, and no other does', async () => {
  let wake: () => void = () => undefined;
  const awake = new Promise<void>((resolve) => (wake = resolve));
  let arrived = 0;
  await using upstream = await startFakeUpstream(async () => {
    arrived += 1;
    await awake;
    return { body: 'done' };
  });
  await using home = await createHome();
  const operations = {
    light: declare(upstream.url, 'light', 2),
    deep: declare(upstream.url, 'deep', 600),
  };
  await writeFile(join(home.path, 'longhaul.config.json'), JSON.stringify({ operations }));
  const flags = ['--port', '0', '--data-dir', home.dataDirectory];
  await using gateway = await startLonghaul('dev', flags, { cwd: home.path });
  await using client = await connectClient(DIALECTS[0], { url: gateway.mcpUrl });
  const start = async (operation: string) => {
    const { json } = await client.call('initiate_background_task', { operation_type: operation });
    return json.task_ref;
  };
  const [light, deep] = [await start('light'), await start('deep')];
  while (arrived < 2) await sleep(50);

  const { server } = await readDataDirectory(home.dataDirectory);
  for (const pid of [gateway.pid, server!.pid]) process.kill(pid, 'SIGSTOP');
  await sleep(NAP_MS);
  // A heartbeat that came before the server had looked at its clock would save the attempt: the server wakes first.
  process.kill(server!.pid, 'SIGCONT');
  await untilTimedOut(server!.address, light);
  process.kill(gateway.pid, 'SIGCONT');

  const { json: lost } = await awaitEnd(client, light);
  expect(lost.error).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  wake();
  const { json: kept } = await awaitEnd(client, deep);
  expect(kept).toMatchObject({ status: 'completed', result: 'done' });
  expect(upstream.requests.map(({ path }) => path).sort()).toEqual(['/deep', '/light']);
}, 300_000);

// Every port that the processes of `dev` and of `stdio` listen on, asked as a web page would ask that a browser shows on
// this machine: from a foreign origin, and under a foreign name that leads here (DNS rebinding).
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { liveBackgroundWorker } from '../../src/assembly/background/state.ts';
import { dataDirectoryAt } from '../../src/local/data-directory.ts';
import { readDataDirectory } from '../../src/local/index.ts';
import { loadUiRecord } from '../../src/local/server/ui/holder.ts';
import { connectClient, DIALECTS, type TestClient } from '../support/clients/mcp-clients.ts';
import { CLI, createHome, type Home } from '../support/processes/home.ts';
import { listeningPorts, withDescendants } from '../support/processes/listening-ports.ts';
import { startLonghaul, type Longhaul } from '../support/processes/longhaul.ts';
import { callUntilReachable } from '../support/clients/follow-task.ts';

/** A key that nobody else uses: an answer that has it tells of a task. */
const KEY = 'known-to-its-caller';
const PAGE = 'https://evil.example';
const LIMIT_MS = 300_000;

const START = JSON.stringify({
  workflowType: { name: 'runTask' },
  taskQueue: { name: 'longhaul' },
});
const LIST = '/api/v1/namespaces/default/workflows';
const TOOL = JSON.stringify({
  ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
  params: { name: 'list_background_tasks', arguments: {} },
});

/** What a page sends: a browser asks nobody before it sends text. */
const ATTACKS = [
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/metrics' },
  { method: 'GET', path: '/openapi.yaml' },
  { method: 'GET', path: LIST },
  { method: 'GET', path: `${LIST}/local%3A${KEY}` },
  { method: 'GET', path: `${LIST}/local%3A${KEY}/history` },
  { method: 'POST', path: `${LIST}/local%3Aby-a-page`, body: START },
  { method: 'POST', path: `${LIST}/local%3A${KEY}/terminate`, body: '{}' },
  { method: 'POST', path: '/mcp', body: TOOL },
  { method: 'POST', path: '/decode', body: '{"payloads":[]}' },
].flatMap((attack) => [
  { ...attack, headers: { origin: PAGE } },
  { ...attack, headers: { host: 'evil.example' } },
]);

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** `null` from what speaks no HTTP that a browser understands. */
async function attack(
  port: number,
  { method, path, headers, body }: Attack,
): Promise<Answer | null> {
  const sent = request({ host: '127.0.0.1', port, method, path, agent: false, timeout: 20_000 });
  sent.once('timeout', () => sent.destroy(new Error(`port ${port} does not answer`)));
  sent.setHeader('content-type', 'text/plain');
  for (const [name, value] of Object.entries(headers)) sent.setHeader(name, value);
  sent.end(body);
  try {
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: response.statusCode!, body: await text(response) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return null;
  }
}

type Attack = (typeof ATTACKS)[number] & { readonly body?: string };

interface Finding extends Answer {
  readonly pid: number;
  readonly port: number;
  readonly what: string;
}

/** Attacks every port of these processes, and of those that they have started. */
async function attackAll(pids: readonly number[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const pid of withDescendants(pids)) {
    for (const port of listeningPorts(pid)) {
      for (const attempt of ATTACKS) {
        const answer = await attack(port, attempt);
        const what = `${attempt.method} ${attempt.path} ${JSON.stringify(attempt.headers)}`;
        if (answer) findings.push({ ...answer, pid, port, what });
      }
    }
  }
  return findings;
}

describe('a web page', () => {
  let home: Home;
  let session: TestClient;
  let gateway: Longhaul;
  let uiUrl: string;
  let serverPid: number;

  beforeAll(async () => {
    home = await createHome();
    session = await connectClient(DIALECTS[0], {
      command: process.execPath,
      args: [CLI, 'stdio', '--data-dir', home.dataDirectory, '--log-level', 'error'],
      cwd: home.path,
    });
    await callUntilReachable(session, 'initiate_background_task', {
      ...{ operation_type: 'sleep', parameters: { seconds: 0 } },
      ...{ idempotency_key: KEY, wait_seconds: 20 },
    });
    const flags = ['--port', '0', '--data-dir', home.dataDirectory];
    gateway = await startLonghaul('dev', flags, { cwd: home.path });
    ({ uiUrl } = gateway);
    serverPid = (await readDataDirectory(home.dataDirectory)).server!.pid;
    await fetch(uiUrl); // starts what the pages come from
  }, LIMIT_MS);
  afterAll(async () => {
    await gateway.stop();
    await session[Symbol.asyncDispose]();
    await home[Symbol.asyncDispose]();
  }, LIMIT_MS);

  const tasks = async () => {
    const shown = await home.run(['tasks', 'list', '--json']);
    return (JSON.parse(shown.stdout) as { tasks: { idempotency_key: string; status: string }[] })
      .tasks;
  };

  test(
    'gets nothing of a task, and starts and ends none, at any port of dev, stdio and the server',
    async () => {
      const worker = liveBackgroundWorker(home.dataDirectory)!;
      const { members } = await readDataDirectory(home.dataDirectory);
      expect(members.map(({ role }) => role)).toEqual(
        expect.arrayContaining(['background worker', 'dev', 'stdio']),
      );
      const findings = await attackAll([serverPid, ...members.map(({ pid }) => pid)]);
      const told = findings.filter(({ status, body }) => status < 400 && body.includes(KEY));
      expect(told).toEqual([]);
      expect(await tasks()).toEqual([
        expect.objectContaining({ idempotency_key: KEY, status: 'completed' }),
      ]);

      const asked = new Set(findings.map(({ port }) => port));
      expect(asked).toContain(Number(new URL(uiUrl).port));
      expect(asked).toContain(Number(new URL(gateway.mcpUrl).port));
      expect(findings.filter(({ pid }) => pid === serverPid).length).toBeGreaterThan(0);
      // What is left tells of no task: the server's own numbers, and the text on its API.
      const ours = new Set([serverPid, worker.pid, ...members.map(({ pid }) => pid)]);
      const answered = findings.filter(({ pid, status }) => ours.has(pid) && status < 400);
      expect([...new Set(answered.map(({ what }) => what.split(' ')[1]))].sort()).toEqual([
        '/metrics',
        '/openapi.yaml',
      ]);
      expect(new Set(answered.map(({ pid }) => pid))).toEqual(new Set([serverPid]));
    },
    LIMIT_MS,
  );

  test(
    'finds nobody of ours behind a Nexus call, which the server takes from anybody',
    async () => {
      const call = {
        ...{ method: 'POST', body: '{}', headers: { origin: PAGE, 'request-timeout': '2s' } },
        path: '/namespaces/default/task-queues/longhaul/nexus-services/any/any',
      };
      const answers = await Promise.all(
        listeningPorts(serverPid).map(async (port) => attack(port, call)),
      );
      // taken, and given up when no worker had asked for it
      const nobody = { status: 520, body: expect.stringContaining('UPSTREAM_TIMEOUT') };
      expect(answers).toContainEqual(nobody);
      expect(answers.filter((answer) => answer !== null && answer.status < 400)).toEqual([]);
      expect(await tasks()).toHaveLength(1);
    },
    LIMIT_MS,
  );

  test(
    'leaves the UI to its own pages, at one address while anybody serves it',
    async () => {
      const list = async () => {
        const answer = await fetch(`${uiUrl}${LIST}`, { headers: { origin: uiUrl } });
        return answer.text();
      };
      expect(await list()).toContain(`local:${KEY}`);
      const shown = await home.run(['tasks', 'list', '--json']);
      const { tasks: listed } = JSON.parse(shown.stdout) as { tasks: { task_ref: string }[] };
      const story = await home.run(['tasks', 'show', listed[0]!.task_ref, '--json']);
      const { temporal_ui_url: link } = JSON.parse(story.stdout) as { temporal_ui_url: string };
      expect(link.startsWith(`${uiUrl}/namespaces/default/workflows/`)).toBe(true);
      expect((await fetch(link, { headers: { accept: 'text/html' } })).status).toBe(200);

      const { holder } = loadUiRecord(dataDirectoryAt(home.dataDirectory))!;
      process.kill(holder!.pid, 'SIGKILL'); // the background worker, or `dev`, whose place the other takes
      let next: string | null = null;
      while (next === null) {
        await sleep(100);
        next = await list().catch(() => null);
      }
      expect(next).toContain(`local:${KEY}`);
      expect((await readDataDirectory(home.dataDirectory)).server?.uiUrl).toBe(uiUrl);
    },
    LIMIT_MS,
  );
});

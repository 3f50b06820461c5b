// `longhaul stdio`: sessions that come and go, and the background worker that outlives them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { liveBackgroundWorker } from '../../src/assembly/background/state.ts';
import { readDataDirectory } from '../../src/local/index.ts';
import { processIdentity } from '../../src/local/process-identity.ts';
import { connectClient, DIALECTS, type Dialect } from '../support/clients/mcp-clients.ts';
import { awaitAttempt, awaitEnd, callUntilReachable } from '../support/clients/follow-task.ts';
import { FIXTURE_CONFIGURATION } from '../support/processes/conformance-gateway.ts';
import { bareEnvironment, CLI, createHome, type Home } from '../support/processes/home.ts';

const LIMIT_MS = 300_000;

const connect = (home: Home, dialect: Dialect, more: readonly string[] = []) =>
  connectClient(dialect, {
    command: process.execPath,
    args: [CLI, 'stdio', '--data-dir', home.dataDirectory, '--log-level', 'error', ...more],
    cwd: home.path,
  });

test(
  'work of both lanes goes on when the client has left, and a new session finds it',
  async () => {
    await using home = await createHome();
    const operations = ['slow_compute', 'quick_compute'];
    const configured = ['--config', FIXTURE_CONFIGURATION];
    const refs: string[] = [];
    {
      await using first = await connect(home, DIALECTS[0], configured);
      for (const operation of operations) {
        const { json } = await callUntilReachable(first, 'initiate_background_task', {
          operation_type: operation,
          parameters: { seconds: 3 },
          idempotency_key: operation,
        });
        refs.push(json.task_ref);
      }
    }
    const worker = liveBackgroundWorker(home.dataDirectory);
    expect(worker).not.toBeNull();
    await using second = await connect(home, DIALECTS[1], configured);
    for (const [index, operation] of operations.entries()) {
      const found = await callUntilReachable(second, 'list_background_tasks', {
        idempotency_key: operation,
      });
      expect(found.json.tasks.map(({ task_ref: ref }) => ref)).toEqual([refs[index]]);
      const ended = await awaitEnd(second, refs[index]!);
      expect(ended.json).toMatchObject({ status: 'completed', result: 'computed something' });
      const typed = await second.call(operation, { seconds: 3, idempotency_key: operation });
      expect(typed).toMatchObject({ isError: false, text: 'computed something' });
    }
    expect(liveBackgroundWorker(home.dataDirectory)?.pid).toBe(worker?.pid);
  },
  LIMIT_MS,
);

test(
  'two sessions share one server and one worker; a killed worker is replaced',
  async () => {
    await using home = await createHome();
    await using one = await connect(home, DIALECTS[0]);
    await using other = await connect(home, DIALECTS[2]);
    const request = {
      operation_type: 'sleep',
      parameters: { seconds: 0.1 },
      idempotency_key: 'shared',
      wait_seconds: 20,
    };
    const [first, second] = await Promise.all([
      callUntilReachable(one, 'initiate_background_task', request),
      callUntilReachable(other, 'initiate_background_task', request),
    ]);
    expect(second.json.task_ref).toBe(first.json.task_ref);
    const worker = liveBackgroundWorker(home.dataDirectory);
    const { members } = await readDataDirectory(home.dataDirectory);
    expect(members.filter(({ role }) => role === 'background worker')).toHaveLength(1);

    process.kill(worker!.pid, 'SIGKILL');
    const after = await callUntilReachable(one, 'initiate_background_task', {
      ...request,
      idempotency_key: 'after-the-kill',
    });
    const ended = await awaitEnd(one, after.json.task_ref);
    expect(ended.json.status).toBe('completed');
    expect(liveBackgroundWorker(home.dataDirectory)?.pid).not.toBe(worker?.pid);
  },
  LIMIT_MS,
);

test(
  'stop ends worker and server, and keeps the tasks',
  async () => {
    await using home = await createHome();
    {
      await using session = await connect(home, DIALECTS[0]);
      const kept = await callUntilReachable(session, 'initiate_background_task', {
        operation_type: 'sleep',
        parameters: { seconds: 0 },
        idempotency_key: 'kept',
      });
      await awaitEnd(session, kept.json.task_ref);
    }
    const worker = liveBackgroundWorker(home.dataDirectory)!;
    const { server } = await readDataDirectory(home.dataDirectory);
    const stopped = await home.run(['stop']);
    expect([stopped.exitCode, stopped.stderr]).toEqual([0, '']);
    expect(processIdentity(worker.pid)).toBeUndefined();
    expect(processIdentity(server!.pid)).toBeUndefined();
    const listed = await home.run(['tasks', 'list', '--key', 'kept', '--json']);
    expect(listed.exitCode).toBe(0);
    expect(JSON.parse(listed.stdout)).toMatchObject({ tasks: [{ status: 'completed' }] });
    const nothing = await home.run(['stop']);
    expect([nothing.exitCode, nothing.stdout]).toEqual([
      0,
      expect.stringContaining('Nothing runs on'),
    ]);
  },
  LIMIT_MS,
);

test(
  'a changed configuration replaces the worker, which finishes its attempt first',
  async () => {
    await using home = await createHome();
    const file = join(home.path, 'longhaul.config.yaml');
    await writeFile(file, 'execution: { shutdownGraceSeconds: 20 }\n');
    let taskRef: string;
    {
      await using before = await connect(home, DIALECTS[0]);
      const { json } = await callUntilReachable(before, 'initiate_background_task', {
        operation_type: 'sleep',
        parameters: { seconds: 4 },
      });
      taskRef = json.task_ref;
      await awaitAttempt(before, taskRef);
    }
    const old = liveBackgroundWorker(home.dataDirectory)!;
    await writeFile(file, 'execution: { shutdownGraceSeconds: 21 }\n');
    await using after = await connect(home, DIALECTS[0]);
    const ended = await awaitEnd(after, taskRef);
    expect(ended.json).toMatchObject({ status: 'completed', attempt: 1 });
    while (liveBackgroundWorker(home.dataDirectory)?.pid === old.pid) await sleep(100);
  },
  LIMIT_MS,
);

test(
  'the background worker leaves when nobody needs it, and takes the server along',
  async () => {
    await using home = await createHome();
    await writeFile(join(home.path, 'longhaul.config.yaml'), 'execution: { idleExitSeconds: 1 }\n');
    {
      await using session = await connect(home, DIALECTS[0]);
      await callUntilReachable(session, 'initiate_background_task', {
        operation_type: 'sleep',
        parameters: { seconds: 0 },
        wait_seconds: 20,
      });
    }
    const isOver = async () =>
      !(await readDataDirectory(home.dataDirectory)).running &&
      liveBackgroundWorker(home.dataDirectory) === null; // it ends a moment after the server that it has stopped
    for (let look = 0; look < 600 && !(await isOver()); look += 1) await sleep(250);
    expect(liveBackgroundWorker(home.dataDirectory)).toBeNull();
    expect((await readDataDirectory(home.dataDirectory)).running).toBe(false);
  },
  LIMIT_MS,
);

test(
  'nothing but MCP is written to stdout, also while Temporal is still coming up',
  async () => {
    await using home = await createHome();
    const child = spawn(process.execPath, [CLI, 'stdio', '--data-dir', home.dataDirectory], {
      cwd: home.path,
      env: bareEnvironment({ LONGHAUL_LOG_LEVEL: 'debug' }),
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
    const send = (message: object) => child.stdin.write(`${JSON.stringify(message)}\n`);
    send({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: 'raw', version: '1' },
      },
    });
    send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    send({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
    send({
      jsonrpc: '2.0',
      id: 3,
      method: 'tools/call',
      params: {
        name: 'initiate_background_task',
        arguments: { operation_type: 'sleep', parameters: { seconds: 0 }, wait_seconds: 20 },
      },
    });
    for (let look = 0; look < 1_500 && lines.length < 3; look += 1) await sleep(100);
    child.stdin.end();
    const [exitCode] = (await once(child, 'exit')) as [number];
    expect(exitCode).toBe(0);
    const messages = lines.map((line) => JSON.parse(line) as { jsonrpc: string; id: number });
    expect(messages.map(({ jsonrpc, id }) => [jsonrpc, id])).toEqual([
      ['2.0', 1],
      ['2.0', 2],
      ['2.0', 3],
    ]);
  },
  LIMIT_MS,
);

// A server over HTTP that makes a task of each call, in either generation: one answer to each request, and no stream. Its tasks outlive
// its connections, as long as nobody makes it forget them.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

interface PeerTask {
  readonly status: string;
  readonly createdAt: string;
  readonly result?: object;
  readonly error?: object;
  readonly inputRequests?: object;
}

export interface TaskServer extends AsyncDisposable {
  readonly url: string;
  readonly tasks: Map<string, PeerTask>;
  /** What was asked of it, by method. */
  readonly requests: { readonly method: string; readonly params: Params }[];
  /** Ends every task that works, with these fields. */
  end(fields: Partial<PeerTask>): void;
}

interface Params {
  readonly name?: string;
  readonly task?: object;
  readonly taskId?: string;
  readonly inputResponses?: object;
}

const TOOLS = ['work', 'plain'].map((name) => ({
  name,
  inputSchema: { type: 'object' },
  execution: { taskSupport: 'optional' },
}));

/** @param generation which of the two it speaks */
export async function startTaskServer(generation: 'older' | 'newer'): Promise<TaskServer> {
  const isOlder = generation === 'older';
  const tasks: TaskServer['tasks'] = new Map();
  const requests: TaskServer['requests'] = [];
  const about = {
    supportedVersions: ['2026-07-28'],
    protocolVersion: '2025-11-25',
    serverInfo: { name: 'peer', version: '1' },
    capabilities: {
      tools: {},
      ...(isOlder
        ? { tasks: { cancel: {}, requests: { tools: { call: {} } } } }
        : { extensions: { 'io.modelcontextprotocol/tasks': {} } }),
    },
    ...{ ttlMs: 0, cacheScope: 'private' },
  };
  const refuse = (code: number, message: string): never => {
    throw Object.assign(new Error(message), { code });
  };
  const show = (taskId = '') => {
    const task = tasks.get(taskId) ?? refuse(-32_602, `Task not found: ${taskId}`);
    const fields = { taskId, ...task, lastUpdatedAt: task.createdAt };
    return isOlder
      ? { ...fields, ttl: null, pollInterval: 100 }
      : { ...fields, ttlMs: null, pollIntervalMs: 100 };
  };
  const answer = (method: string, { name, task, taskId = '', inputResponses }: Params): object => {
    switch (method) {
      case 'server/discover':
        return isOlder ? refuse(-32_601, 'Method not found') : about;
      case 'initialize':
        return about;
      case 'tools/list':
        return { tools: TOOLS, ttlMs: 0, cacheScope: 'private' };
      case 'tools/call': {
        if (isOlder ? !task : name !== 'work')
          return { content: [{ type: 'text', text: 'at once' }] };
        const id = randomUUID();
        tasks.set(id, { status: 'working', createdAt: new Date(0).toISOString() });
        return isOlder ? { task: show(id) } : { ...show(id), resultType: 'task' };
      }
      case 'tasks/get':
        return show(taskId);
      case 'tasks/result':
        return {
          ...(show(taskId).result ?? refuse(-32_603, 'it works')),
          _meta: { a: 1, 'io.modelcontextprotocol/related-task': { taskId } },
        };
      case 'tasks/update': {
        const { status, createdAt } = show(taskId);
        if (status === 'input_required' && inputResponses) {
          tasks.set(taskId, { status: 'working', createdAt });
        }
        return {};
      }
      case 'tasks/cancel': {
        const { status, createdAt } = show(taskId);
        if (isOlder && status !== 'working') refuse(-32_602, 'it has ended');
        tasks.set(taskId, { status: 'cancelled', createdAt });
        return isOlder ? show(taskId) : {};
      }
      default:
        return refuse(-32_601, 'Method not found');
    }
  };
  const http = createServer((request, response) => {
    void (async () => {
      if (request.method !== 'POST') return response.writeHead(405).end();
      const {
        id,
        method,
        params = {},
      } = (await json(request)) as {
        readonly id?: number;
        readonly method: string;
        readonly params?: Params;
      };
      if (id === undefined) return response.writeHead(202).end();
      requests.push({ method, params });
      const said = (() => {
        try {
          return {
            result: { ...(isOlder ? {} : { resultType: 'complete' }), ...answer(method, params) },
          };
        } catch (error) {
          const { code, message } = error as { readonly code: number; readonly message: string };
          return { error: { code, message } };
        }
      })();
      const status = 'error' in said && said.error.code === -32_601 ? 404 : 200;
      response.writeHead(status, { 'content-type': 'application/json' });
      return response.end(JSON.stringify({ jsonrpc: '2.0', id, ...said }));
    })();
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    tasks,
    requests,
    end: (fields) => {
      for (const [id, task] of tasks) {
        if (task.status === 'working') tasks.set(id, { ...task, ...fields });
      }
    },
    [Symbol.asyncDispose]: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

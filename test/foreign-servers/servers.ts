// The servers: programs of npm and PyPI, over stdio and HTTP, of both eras. Each is given a folder.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { freePort } from '../../src/local/ports.ts';
import { bareEnvironment } from '../support/processes/home.ts';

const require = createRequire(import.meta.url);
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const python = execFileSync(process.execPath, [at('../../tools/python.js'), '--prepared'], {
  encoding: 'utf8',
})
  .split('\n')
  .find((line) => line.startsWith('foreign-servers '))
  ?.slice('foreign-servers '.length);

/** Whether the servers of PyPI are here. */
export const hasPython = python !== undefined;

/** How a server is declared. */
export interface Declared {
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: readonly string[];
  readonly url?: string;
  readonly prefix?: string;
}

const SERVERS = {
  everything: require.resolve('@modelcontextprotocol/server-everything/dist/index.js'),
  filesystem: require.resolve('@modelcontextprotocol/server-filesystem/dist/index.js'),
  memory: require.resolve('@modelcontextprotocol/server-memory/dist/index.js'),
};

const ofNpm = (name: keyof typeof SERVERS, ...args: string[]): Declared => ({
  command: process.execPath,
  args: [SERVERS[name], ...args],
});
const ofPython = (...args: string[]): Declared => ({
  command: python ?? '',
  args: ['-m', ...args],
});

/** Makes a folder for each server, and says how it is started there. */
export function declareStdio(root: string): Readonly<Record<string, Declared>> {
  const toFolder = (name: string) => join(root, name);
  for (const name of ['everything', 'files', 'memory', 'git', 'time']) {
    mkdirSync(toFolder(name), { recursive: true });
    writeFileSync(join(toFolder(name), 'a.png'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255]));
  }
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: toFolder('git'), stdio: 'ignore' });
  git('init', '-b', 'main');
  git('config', 'user.email', 'a@example.com');
  git('config', 'user.name', 'A');
  git('commit', '--allow-empty', '-m', 'zero');
  return {
    everything: ofNpm('everything'),
    files: ofNpm('filesystem', toFolder('files')),
    memory: { ...ofNpm('memory'), env: ['MEMORY_FILE_PATH'] },
    ...(hasPython && {
      git: ofPython('mcp_server_git', '--repository', toFolder('git')),
      time: ofPython('mcp_server_time', '--local-timezone', 'Etc/UTC'),
    }),
  };
}

/** The environment in which the servers of a folder run. */
export const toEnv = (root: string): Record<string, string> => ({
  MEMORY_FILE_PATH: join(root, 'memory', 'graph.jsonl'),
});

/** Starts those that are asked over HTTP. */
export async function startWeb(
  root: string,
): Promise<AsyncDisposable & { readonly declared: Readonly<Record<string, Declared>> }> {
  const children: ChildProcess[] = [];
  const start = async (
    run: (port: string) => readonly [string, readonly string[]],
  ): Promise<string> => {
    const port = String(await freePort());
    const [command, args] = run(port);
    children.push(spawn(command, args, { env: bareEnvironment({ PORT: port }), stdio: 'ignore' }));
    const url = `http://127.0.0.1:${port}/mcp`;
    while (
      !(await fetch(url).then(
        () => true,
        () => false,
      ))
    )
      await sleep(100);
    return url;
  };
  const [web, fast] = await Promise.all([
    start(() => [process.execPath, [SERVERS.everything, 'streamableHttp']]),
    hasPython
      ? start((port) => [python ?? '', [at('tasks_server.py'), port, join(root, 'effects')]])
      : undefined,
  ]);
  return {
    declared: {
      web: { url: web, prefix: 'web_' },
      ...(fast !== undefined && { fast: { url: fast } }),
    },
    [Symbol.asyncDispose]: async () => {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

/** A client of a server, as an application has it. */
export async function connect(
  declared: Declared,
  env: Readonly<Record<string, string>> = {},
): Promise<Client> {
  const client = new Client(
    { name: 'test', version: '1' },
    {
      capabilities: { elicitation: { form: { applyDefaults: true }, url: {} } },
      versionNegotiation: { mode: 'auto' },
    },
  );
  client.setRequestHandler('elicitation/create', () => ({
    action: 'accept',
    content: { name: 'Ann', check: true },
  }));
  const { command, args, url } = declared;
  await client.connect(
    command === undefined
      ? new StreamableHTTPClientTransport(new URL(url ?? ''))
      : new StdioClientTransport({
          command,
          args: [...(args ?? [])],
          stderr: 'ignore',
          env: { ...(bareEnvironment() as Record<string, string>), ...env },
        }),
  );
  return client;
}

// The world of the demo: `longhaul dev` as a process of its own, started, killed and started again as its user would,
// and a real MCP client that talks to it.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import { readDataDirectory, stopEmbeddedServer } from '../../temporal/embedded/index.ts';
import { processIdentity } from '../../temporal/embedded/process-identity.ts';
import type { CommandContext } from '../context.ts';
import { VERSION } from '../version.ts';

/** What a tool answered: its JSON, and whether the call was refused. */
export interface Answer {
  readonly isError: boolean;
  readonly body: JsonObject;
  /** How long the call took, in milliseconds. */
  readonly tookMs: number;
}

/** The world. Everything in it ends with its scope. */
export interface World extends AsyncDisposable {
  /** Starts `longhaul dev`, and connects the client. */
  start(): Promise<{ readonly mcpUrl: string; readonly uiUrl: string }>;
  call(tool: string, args: JsonObject): Promise<Answer>;
  /** kill -9 of gateway and worker, which are one process, and of the Temporal server. */
  killEverything(): Promise<readonly { readonly pid: number; readonly isGone: boolean }[]>;
  /** The end of what the gateway wrote to its log. */
  lastLines(): string;
}

const LOG_LINES = 15;

/** Creates a world in a folder; nothing runs yet. */
export function createWorld(context: CommandContext, folder: string): World {
  const dataDirectory = join(folder, 'data');
  let isUp = false;
  let gateway: ChildProcess | undefined;
  let client: Client | undefined;
  let log: string[] = [];

  const disconnect = async (): Promise<void> => {
    await client?.close().catch(() => undefined);
    client = undefined;
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (gateway?.exitCode !== null || gateway.signalCode !== null) return;
    const ended = once(gateway, 'exit');
    gateway.kill(signal);
    await ended;
  };

  return {
    start: async () => {
      gateway = spawn(
        process.execPath,
        [context.cliFile, 'dev', '--port', '0', '--json', '--data-dir', dataDirectory],
        { cwd: folder, env: withoutSettings(context.env), stdio: ['ignore', 'pipe', 'pipe'] },
      );
      const ready = await firstLine(gateway, (line) => {
        log = [...log, line].slice(-LOG_LINES);
        // The first start may download or build the Temporal CLI: whoever waits wants to know.
        if (!isUp && !line.startsWith('{')) context.stderr.write(`  ${line}\n`);
      });
      isUp = true;
      const { mcp_url: mcpUrl, temporal_ui_url: uiUrl } = ready as Record<string, string>;
      client = new Client({ name: 'longhaul-demo', version: VERSION });
      await client.connect(new StreamableHTTPClientTransport(new URL(mcpUrl ?? '')));
      return { mcpUrl: mcpUrl ?? '', uiUrl: uiUrl ?? '' };
    },
    call: async (name, args) => {
      if (!client) throw new Error('no gateway is running');
      const begun = performance.now();
      const { content, isError } = await client.callTool({ name, arguments: args });
      const tookMs = performance.now() - begun;
      const [part] = content;
      const body: unknown = part?.type === 'text' ? JSON.parse(part.text) : null;
      if (!isJsonObject(body)) throw new Error(`${name} answered without text`);
      return { isError: isError ?? false, body, tookMs };
    },
    killEverything: async () => {
      const { server } = await readDataDirectory(dataDirectory);
      const killed = [gateway?.pid, server?.pid].filter((pid) => pid !== undefined);
      await disconnect();
      await end('SIGKILL');
      if (server) process.kill(server.pid, 'SIGKILL');
      return killed.map((pid) => ({ pid, isGone: processIdentity(pid) === undefined }));
    },
    lastLines: () => log.join('\n'),
    [Symbol.asyncDispose]: async () => {
      await disconnect();
      await end('SIGTERM');
      await stopEmbeddedServer(dataDirectory); // only when the gateway could not do it
    },
  };
}

/** The demo is about the product as it comes: settings of the surroundings stay outside, the way to the CLI does not. */
function withoutSettings(env: CommandContext['env']): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) => name === 'LONGHAUL_TEMPORAL_CLI' || !/^(LONGHAUL|TEMPORAL)_/.test(name),
  );
  return Object.fromEntries(kept);
}

async function firstLine(
  gateway: ChildProcess,
  onLog: (line: string) => void,
): Promise<JsonObject> {
  if (!gateway.stdout || !gateway.stderr) throw new Error('the gateway has no output');
  createInterface({ input: gateway.stderr }).on('line', onLog);
  const lines = createInterface({ input: gateway.stdout });
  const line = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    gateway.once('error', reject);
    gateway.once('exit', (code) => {
      reject(new Error(`longhaul dev ended with exit code ${String(code)}`));
    });
  });
  const ready: unknown = JSON.parse(line);
  if (!isJsonObject(ready)) throw new Error('longhaul dev said something else than where it is');
  return ready;
}

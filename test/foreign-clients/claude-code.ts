// Claude Code as a process, with a home of its own and a stand-in for its model: on loopback alone, and with nothing of the user's.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTemporaryDirectory } from '../support/files/temporary-directory.ts';
import { bareEnvironment } from '../support/processes/home.ts';

const TOOL = fileURLToPath(new URL('../../tools/claude-code.js', import.meta.url));

/** Where the program is; empty where this machine has none. */
export const CLAUDE_CODE = execFileSync(process.execPath, [TOOL, '--prepared'], {
  encoding: 'utf8',
}).trim();

/** No key at all, but the program wants one. */
const KEY = 'none';

const QUIET = {
  DISABLE_TELEMETRY: '1',
  DISABLE_ERROR_REPORTING: '1',
  DISABLE_AUTOUPDATER: '1',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
};

/** How it runs: to the end of one prompt, or in a terminal, until the scope ends. */
export type Mode = 'print' | 'interactive';

interface RunningClaude extends AsyncDisposable {
  /** Resolves when it ends. */
  readonly exit: Promise<unknown>;
}

/** Runs it with one server, called longhaul. */
export async function startClaudeCode(
  mode: Mode,
  { mcpUrl, modelUrl }: { readonly mcpUrl: string; readonly modelUrl: string },
): Promise<RunningClaude> {
  const home = await createTemporaryDirectory();
  const { path } = home;
  const servers = { mcpServers: { longhaul: { type: 'http', url: mcpUrl } } };
  await writeFile(join(path, 'mcp.json'), JSON.stringify(servers));
  await writeFile(join(path, '.claude.json'), JSON.stringify(toSettings(path)));
  const flags = '--mcp-config mcp.json --strict-mcp-config --allowedTools mcp__longhaul ToolSearch';
  const inTerminal = `stty cols 160 rows 50; exec '${CLAUDE_CODE}' Go. ${flags}`;
  const [command, args] =
    mode === 'print'
      ? [CLAUDE_CODE, ['-p', 'Go.', ...flags.split(' ')]]
      : ['script', ['--quiet', '--return', '--command', inTerminal, '/dev/null']];
  const child = spawn(command, args, {
    cwd: path,
    detached: true, // a group of its own, so that all of it ends
    stdio: [mode === 'print' ? 'ignore' : 'pipe', 'ignore', 'ignore'],
    env: bareEnvironment({
      ...QUIET,
      HOME: path,
      TERM: 'xterm-256color',
      ANTHROPIC_BASE_URL: modelUrl,
      ANTHROPIC_API_KEY: KEY,
    }),
  });
  const exit = once(child, 'exit');
  return {
    exit,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      await exit;
      await home[Symbol.asyncDispose]();
    },
  };
}

/** What it would ask a person at its first start. */
function toSettings(path: string): object {
  return {
    hasCompletedOnboarding: true,
    theme: 'dark',
    customApiKeyResponses: { approved: [KEY], rejected: [] },
    projects: { [path]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true } },
  };
}

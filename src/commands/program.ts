// The commands and their help. Errors end here: one message on stderr, and an exit code that means something.
import { CommanderError } from 'commander';
import { ConfigError, registerModuleResolution } from '../config/index.ts';
import { OperationError } from '../contract/errors.ts';
import { messageOf } from '../contract/text.ts';
import { addBreakers } from './add-breakers.ts';
import { addCallbacks } from './add-callbacks.ts';
import { addImport } from './add-import.ts';
import { addInstallation } from './add-installation.ts';
import { addKeys } from './add-keys.ts';
import { addServers } from './add-servers.ts';
import { addTasks } from './add-tasks.ts';
import { addTokens } from './add-tokens.ts';
import { addTrust } from './add-trust.ts';
import { addTry } from './add-try.ts';
import { addUpstreams } from './add-upstreams.ts';
import { addWrap } from './add-wrap.ts';
import { EXIT, UsageError, type CommandContext, type ExitCode } from '../assembly/context.ts';
import { LoadedCommand } from './command.ts';
import { withPrintableOutput } from './text/printable.ts';
import { VERSION } from '../assembly/version.ts';

/** The commands, in the order of the help. */
const COMMANDS = [
  ...[addServers, addWrap, addUpstreams, addTrust, addTry, addTasks, addCallbacks, addBreakers],
  ...[addImport, addTokens, addKeys, addInstallation],
];

export async function runProgram(
  argv: readonly string[],
  around: CommandContext,
): Promise<ExitCode> {
  const context = withPrintableOutput(around);
  registerModuleResolution();
  let exitCode: ExitCode = EXIT.ok;
  try {
    if (argv.length <= 2) return await runDefault(context);
    const program = new LoadedCommand('longhaul', async (act) => {
      exitCode = await act(context);
    });
    describe(program, context);
    for (const add of COMMANDS) add(program);
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (context.interrupted.aborted) return EXIT.ok;
    context.stderr.write(`longhaul: ${messageOf(error)}${toWayOut(error)}\n`);
    return isMistake(error) ? EXIT.usage : EXIT.failed;
  }
}

/** What an agent reads in `next_step`, for who types. */
function toWayOut(error: unknown): string {
  const isLost = error instanceof OperationError && error.code === 'TASK_NOT_FOUND';
  return isLost ? '; "longhaul tasks list" shows what there is' : '';
}

/** Whether the arguments or the configuration are wrong. */
function isMistake(error: unknown): boolean {
  if (error instanceof OperationError) return error.code === 'INVALID_PARAMETERS';
  return [ConfigError, UsageError, TypeError].some((kind) => error instanceof kind);
}

/** What `longhaul` alone runs is the configuration's choice; without a terminal, a client may have started it. */
async function runDefault(context: CommandContext): Promise<ExitCode> {
  const { loadConfiguration } = await import('../assembly/configuration.ts');
  const startedBy = context.stdin.isTTY ? 'person' : 'client';
  const config = await loadConfiguration(context, {}, startedBy);
  if (config.server.transport !== 'stdio') {
    const { dev } = await import('./dev.ts');
    return dev({ ...context, config }, {});
  }
  const { stdio } = await import('./stdio.ts');
  // A session takes only what was approved, which is not asked of a person.
  return stdio(startedBy === 'client' ? { ...context, config } : context, {});
}

function describe(program: LoadedCommand, { stdout, stderr }: CommandContext): void {
  program
    .description(
      'A Temporal-backed MCP gateway: agents start slow operations, hold a handle, and nothing is lost.',
    )
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      getOutHasColors: () => stdout.isTTY,
      getErrHasColors: () => stderr.isTTY,
    })
    .showHelpAfterError('(--help shows what there is)')
    .addHelpText('after', EPILOGUE);
}

const EPILOGUE = `
Without a command, the configuration's server.transport decides: dev, or stdio.

Examples:
  longhaul dev                                 everything on this machine, MCP at http://127.0.0.1:7400/mcp
  claude mcp add longhaul -- longhaul stdio    the same for one client, over stdio
  longhaul wrap -- npx some-mcp-server         the same in front of any MCP server
  longhaul tasks list --status failed          what failed
  TEMPORAL_ADDRESS=temporal:7233 longhaul serve

Exit codes: 0 done, 1 failed, 2 wrong arguments or configuration; "tasks wait" also 3 and 4.
Temporal's address, namespace, TLS and API key are Temporal's own settings (TEMPORAL_ADDRESS … or temporal.toml).`;

// The commands and their help. Errors end here: one message on stderr, and an exit code that means something.
import { Command, CommanderError, Option } from 'commander';
import { ConfigError, registerModuleResolution } from '../config/index.ts';
import { OperationError } from '../contract/errors.ts';
import { addBreakers } from './add-breakers.ts';
import { addCallbacks } from './add-callbacks.ts';
import { addImport } from './add-import.ts';
import { addKeys } from './add-keys.ts';
import { addTasks } from './add-tasks.ts';
import { addTokens } from './add-tokens.ts';
import { addTrust } from './add-trust.ts';
import { addTry } from './add-try.ts';
import { addWrap } from './add-wrap.ts';
import { EXIT, UsageError, type CommandContext, type ExitCode } from '../assembly/context.ts';
import { addFlags, type Flags } from '../assembly/flags.ts';
import { withPrintableOutput } from './text/printable.ts';
import { VERSION } from '../assembly/version.ts';

/** Runs what the arguments ask for. */
export async function runProgram(
  argv: readonly string[],
  around: CommandContext,
): Promise<ExitCode> {
  const context = withPrintableOutput(around);
  registerModuleResolution();
  let exitCode: ExitCode = EXIT.ok;
  const program = createProgram(context, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv.length > 2 ? argv : [...argv, await defaultCommand(context)]);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (context.interrupted.aborted) return EXIT.ok;
    const message = error instanceof Error ? error.message : String(error);
    context.stderr.write(`longhaul: ${message}\n`);
    return isMistake(error) ? EXIT.usage : EXIT.failed;
  }
}

/** Whether the arguments or the configuration are wrong. */
function isMistake(error: unknown): boolean {
  if (error instanceof OperationError) return error.code === 'INVALID_PARAMETERS';
  return [ConfigError, UsageError, TypeError].some((kind) => error instanceof kind);
}

/** What `longhaul` alone runs is the configuration's choice; without a terminal, a client may have started it. */
async function defaultCommand(context: CommandContext): Promise<'dev' | 'stdio'> {
  const { loadConfiguration } = await import('../assembly/configuration.ts');
  const startedBy = context.stdin.isTTY ? 'person' : 'client';
  const { server } = await loadConfiguration(context, {}, startedBy);
  return server.transport === 'stdio' ? 'stdio' : 'dev';
}

function createProgram(context: CommandContext, finish: (code: ExitCode) => void): Command {
  const program = new Command('longhaul')
    .description(
      'A Temporal-backed MCP gateway: agents start slow operations, hold a handle, and nothing is lost.',
    )
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      getOutHasColors: () => context.stdout.isTTY,
      getErrHasColors: () => context.stderr.isTTY,
    })
    .showHelpAfterError('(--help shows what there is)')
    .addHelpText('after', EPILOGUE);

  // Modules are loaded by the command that needs them: `--help` and stdio's start stay quick.
  addFlags(
    program
      .command('dev')
      .description('HTTP gateway and worker in one process, with an embedded Temporal server'),
    ['config', 'dataDir', 'host', 'port', 'temporalPort', 'uiPort', 'logLevel', 'metricsPort'],
  )
    .option('--json', 'say where everything is as one line of JSON')
    .action(async (flags: Flags) => {
      const { dev } = await import('./dev.ts');
      finish(await dev(context, flags));
    });
  addFlags(
    program
      .command('stdio')
      .description('gateway on stdio for one client; the work goes on in a background worker'),
    ['config', 'dataDir', 'temporalPort', 'uiPort', 'logLevel'],
  ).action(async (flags: Flags) => {
    const { stdio } = await import('./stdio.ts');
    finish(await stdio(context, flags));
  });
  addFlags(
    program
      .command('serve')
      .description('HTTP gateway alone, any number of replicas; needs a Temporal address'),
    ['config', 'host', 'port', 'logLevel', 'metricsPort'],
  )
    .option('--json', 'say where everything is as one line of JSON')
    .action(async (flags: Flags) => {
      const { serve } = await import('./serve.ts');
      finish(await serve(context, flags));
    });
  addFlags(
    program.command('worker').description('worker alone, any number; needs a Temporal address'),
    ['config', 'dataDir', 'logLevel', 'metricsPort'],
  )
    .addOption(new Option('--background').hideHelp())
    .action(async (flags: Flags & { background?: boolean }) => {
      const { worker } = await import('./worker.ts');
      finish(await worker(context, flags));
    });
  addWrap(program, context, finish);
  addTrust(program, context, finish);
  addTry(program, context, finish);
  addTasks(program, context, finish);
  addCallbacks(program, context, finish);
  addBreakers(program, context, finish);
  addImport(program, context, finish);
  addTokens(program, context, finish);
  addKeys(program, context, finish);
  addFlags(
    program
      .command('stop')
      .description('stop the background worker and the embedded server, in order'),
    ['config', 'dataDir'],
  ).action(async (flags: Flags) => {
    const { stop } = await import('./stop.ts');
    finish(await stop(context, flags));
  });
  program
    .command('init')
    .description('write a commented configuration and one operation of each kind into this folder')
    .action(async () => {
      const { init } = await import('./init.ts');
      finish(await init(context));
    });
  program
    .command('demo')
    .description(
      'the story of the README, told by a real client: duplicates, failures, a cancel, a kill -9',
    )
    .action(async () => {
      const { demo } = await import('./demo/demo.ts');
      finish(await demo(context));
    });
  addFlags(
    program.command('doctor').description('check every dependency, and say how to mend what fails'),
    ['config', 'dataDir', 'host', 'port'],
  )
    .option('--json', 'print the checks as JSON')
    .action(async (flags: Flags) => {
      const { doctor } = await import('./doctor.ts');
      finish(await doctor(context, flags));
    });
  return program;
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

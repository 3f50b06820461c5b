// The command `longhaul trust` and its help.
import type { Command } from 'commander';
import type { CommandContext, ExitCode } from '../assembly/context.ts';

export function addTrust(
  program: Command,
  context: CommandContext,
  finish: (code: ExitCode) => void,
): void {
  program
    .command('trust [file]')
    .description("approve a configuration file as it is, for clients' sessions (stdio)")
    .addHelpText('after', HELP)
    .action(async (file?: string) => {
      const { trust } = await import('./trust.ts');
      finish(await trust(context, file));
    });
}

const HELP = `
A client starts "longhaul stdio" in whatever folder is open, so a configuration found there is taken only when it can do nothing
to this machine: no code, no commands, no secrets, no files elsewhere. Any other has to be named (--config, LONGHAUL_CONFIG) or
approved, by this command, after you have looked at it.

An approval holds for the file, for what it imports by relative path and for the commands in its folder, as they are now; when one
of them changes, it has to be given again. It does not cover packages, or what the code reads and runs by itself. Without FILE, it
is the configuration that is found from this folder upwards.`;

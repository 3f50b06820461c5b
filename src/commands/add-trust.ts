// The command `longhaul trust` and its help.
import type { LoadedCommand } from './command.ts';

export function addTrust(program: LoadedCommand): void {
  program
    .command('trust [file]')
    .description("approve a configuration file as it is, for clients' sessions (stdio)")
    .addHelpText('after', HELP)
    .runs(async () => (await import('./trust.ts')).trust);
}

const HELP = `
A client starts "longhaul stdio" in whatever folder is open, so a configuration found there is taken only when it can do nothing
to this machine: no code, no commands, no secrets, no files elsewhere. Any other has to be named (--config, LONGHAUL_CONFIG) or
approved, by this command, after you have looked at it.

An approval holds for the file, for what it imports by relative path and for the commands in its folder, as they are now; when one
of them changes, it has to be given again. It does not cover packages, or what the code reads and runs by itself. Without FILE, it
is the configuration that is found from this folder upwards.`;

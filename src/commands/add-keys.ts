// The commands of encryption, `longhaul codec` and `longhaul key`, and their help.
import type { Command } from 'commander';
import type { CommandContext, ExitCode } from '../assembly/context.ts';
import { addFlags, type Flags } from '../assembly/flags.ts';

export function addKeys(
  program: Command,
  context: CommandContext,
  finish: (code: ExitCode) => void,
): void {
  addFlags(
    program
      .command('codec')
      .description('decrypt payloads for operators, in the Temporal UI and CLI'),
    ['config', 'logLevel'],
  )
    .option('--json', 'say where it is as one line of JSON')
    .action(async (flags: Flags) => {
      const { codec } = await import('./codec.ts');
      finish(await codec(context, flags));
    });
  program
    .command('key')
    .description('keys for encryption')
    .command('create')
    .description('make a key and print it once')
    .action(async () => {
      const { createKey } = await import('./key.ts');
      finish(createKey(context));
    });
}

// The command `longhaul try` and its help.
import type { Command } from 'commander';
import type { CommandContext, ExitCode } from '../assembly/context.ts';
import { toInteger } from './integer.ts';
import { addFlags } from '../assembly/flags.ts';
import type { TryFlags } from './try.ts';

export function addTry(
  program: Command,
  context: CommandContext,
  finish: (code: ExitCode) => void,
): void {
  addFlags(
    program
      .command('try <operation>')
      .description(
        'run one operation here and now, and show every request and what was made of it',
      ),
    ['config'],
  )
    .option('--parameters <json>', 'what the operation is given', '{}')
    .option(
      '--timeout <seconds>',
      'longest try, in seconds; a job that runs on is cancelled',
      toInteger(1, 86_400),
      300,
    )
    .action(async (operation: string, flags: TryFlags) => {
      const { tryOperation } = await import('./try.ts');
      finish(await tryOperation(context, operation, flags));
    });
}

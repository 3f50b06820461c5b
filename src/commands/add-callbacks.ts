// The commands of `longhaul callbacks` and their help.
import type { Command } from 'commander';
import type { CallbackListFlags } from './callbacks.ts';
import type { CommandContext, ExitCode } from '../assembly/context.ts';
import { addFlags, type Flags } from '../assembly/flags.ts';
import { toInteger } from './integer.ts';

export function addCallbacks(
  program: Command,
  context: CommandContext,
  finish: (code: ExitCode) => void,
): void {
  const callbacks = program.command('callbacks').description('what was told of the ends of tasks');
  const add = (command: Command) =>
    addFlags(command, ['config', 'dataDir'])
      .option('--principal <principal>', 'whose tasks, as Temporal shows it; "local" unless given')
      .option('--json', 'print JSON');
  add(callbacks.command('list').description('deliveries, those that still run first'))
    .option('--task <task_ref>', 'only those of this task')
    .option('--limit <number>', 'deliveries per page, 1 to 100', toInteger(1, 100), 20)
    .option('--cursor <cursor>', 'the page after')
    .action(async (flags: CallbackListFlags) => {
      const { listCallbacks } = await import('./callbacks.ts');
      finish(await listCallbacks(context, flags));
    });
  add(
    callbacks
      .command('replay <task_ref>')
      .description('send the callbacks of a task once more, now'),
  ).action(async (taskRef: string, flags: Flags) => {
    const { replayCallbacks } = await import('./callbacks.ts');
    finish(await replayCallbacks(context, taskRef, flags));
  });
}

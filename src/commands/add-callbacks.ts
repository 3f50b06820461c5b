// The commands of `longhaul callbacks` and their help.
import { toInteger, type LoadedCommand } from './command.ts';

export function addCallbacks(program: LoadedCommand): void {
  const callbacks = program.command('callbacks').description('what was told of the ends of tasks');
  const add = (name: string, meaning: string) =>
    callbacks
      .command(name)
      .description(meaning)
      .shares('config', 'dataDir')
      .option('--principal <principal>', 'whose tasks, as Temporal shows it; "local" unless given')
      .option('--json', 'print JSON');
  add('list', 'deliveries, those that still run first')
    .option('--task <task_ref>', 'only those of this task')
    .option('--limit <number>', 'deliveries per page, 1 to 100', toInteger(1, 100), 20)
    .option('--cursor <cursor>', 'the page after')
    .runs(async () => (await import('./callbacks.ts')).listCallbacks);
  add('replay <task_ref>', 'send the callbacks of a task once more, now').runs(
    async () => (await import('./callbacks.ts')).replayCallbacks,
  );
}

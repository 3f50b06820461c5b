// The commands of `longhaul tasks` and their help.
import { Option, type Command } from 'commander';
import { taskStatuses } from '../tasks/answer.ts';
import type { CommandContext, ExitCode } from '../assembly/context.ts';
import { addFlags, type Flags } from '../assembly/flags.ts';
import { toInteger } from './integer.ts';
import type { ListFlags } from './tasks.ts';

export function addTasks(
  program: Command,
  context: CommandContext,
  finish: (code: ExitCode) => void,
): void {
  const tasks = program.command('tasks').description('look at tasks, wait for them, cancel them');
  const add = (command: Command) =>
    addFlags(command, ['config', 'dataDir'])
      .option('--principal <principal>', 'whose tasks, as Temporal shows it; "local" unless given')
      .option('--json', 'print what the MCP tools answer');
  add(tasks.command('list').description('tasks, running ones first'))
    .addOption(new Option('--status <status>', 'only tasks in this state').choices(taskStatuses))
    .option('--operation <name>', 'only tasks of this operation')
    .option('--key <key>', 'the task of this idempotency key')
    .option('--limit <number>', 'tasks per page, 1 to 100', toInteger(1, 100), 20)
    .option('--cursor <cursor>', 'the page after')
    .action(async (flags: ListFlags) => {
      const { listTasks } = await import('./tasks.ts');
      finish(await listTasks(context, flags));
    });
  add(tasks.command('show <task_ref>').description('one task')).action(
    async (taskRef: string, flags: Flags) => {
      const { showTask } = await import('./tasks.ts');
      finish(await showTask(context, taskRef, flags));
    },
  );
  add(
    tasks
      .command('wait <task_ref>')
      .description('wait for the end; exits with 0 completed, 3 failed, 4 still running'),
  )
    .option('--timeout <seconds>', 'longest wait', toInteger(0, 86_400), 600)
    .action(async (taskRef: string, flags: Flags & { timeout: number }) => {
      const { waitForTask } = await import('./tasks.ts');
      finish(await waitForTask(context, taskRef, flags));
    });
  add(tasks.command('cancel <task_ref>').description('ask a task to stop'))
    .option('--reason <text>', 'kept in the history')
    .action(async (taskRef: string, flags: Flags & { reason?: string }) => {
      const { cancelTask } = await import('./tasks.ts');
      finish(await cancelTask(context, taskRef, flags));
    });
}

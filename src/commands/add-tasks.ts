// The commands of `longhaul tasks` and their help.
import { Option } from 'commander';
import { taskStatuses } from '../tasks/answer.ts';
import { toInteger, type LoadedCommand } from './command.ts';

export function addTasks(program: LoadedCommand): void {
  const tasks = program.command('tasks').description('look at tasks, wait for them, cancel them');
  const add = (name: string, meaning: string) =>
    tasks
      .command(name)
      .description(meaning)
      .shares('config', 'dataDir')
      .option('--principal <principal>', 'whose tasks, as Temporal shows it; "local" unless given')
      .option('--json', 'print what the MCP tools answer');
  add('list', 'tasks, running ones first')
    .addOption(new Option('--status <status>', 'only tasks in this state').choices(taskStatuses))
    .option('--operation <name>', 'only tasks of this operation')
    .option('--key <key>', 'the task of this idempotency key')
    .option('--limit <number>', 'tasks per page, 1 to 100', toInteger(1, 100), 20)
    .option('--cursor <cursor>', 'the page after')
    .runs(async () => (await import('./tasks.ts')).listTasks);
  add('show <task_ref>', 'one task').runs(async () => (await import('./tasks.ts')).showTask);
  add('wait <task_ref>', 'wait for the end; exits with 0 completed, 3 failed, 4 still running')
    .option('--timeout <seconds>', 'longest wait', toInteger(0, 86_400), 600)
    .runs(async () => (await import('./tasks.ts')).waitForTask);
  add('cancel <task_ref>', 'ask a task to stop')
    .option('--reason <text>', 'kept in the history')
    .runs(async () => (await import('./tasks.ts')).cancelTask);
}

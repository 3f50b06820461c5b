// The command `longhaul try` and its help.
import { toInteger, type LoadedCommand } from './command.ts';

export function addTry(program: LoadedCommand): void {
  program
    .command('try <operation>')
    .description('run one operation here and now, and show every request and what was made of it')
    .shares('config')
    .option('--parameters <json>', 'what the operation is given', '{}')
    .option(
      '--timeout <seconds>',
      'longest try, in seconds; a job that runs on is cancelled',
      toInteger(1, 86_400),
      300,
    )
    .runs(async () => (await import('./try.ts')).tryOperation);
}

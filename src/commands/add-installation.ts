// The commands that look after an installation, and their help.
import type { CommandContext } from '../assembly/context.ts';
import type { LoadedCommand } from './command.ts';

export function addInstallation(program: LoadedCommand): void {
  program
    .command('stop')
    .description('stop the background worker and the embedded server, in order')
    .shares('config', 'dataDir')
    .runs(async () => (await import('./stop.ts')).stop);
  program
    .command('init')
    .description('write a commented configuration and one operation of each kind into this folder')
    .runs(async () => (await import('./init.ts')).init);
  program
    .command('demo')
    .description(
      'the story of the README, told by a real client: duplicates, failures, a cancel, a kill -9',
    )
    .option('--wrap', 'in its place: a slow tool of a server from npm, and a client that gives up')
    .runs(async () => {
      const { demo } = await import('./demo/demo.ts');
      const { toWrapStory } = await import('./demo/wrap-story.ts');
      return (context: CommandContext, { wrap }: { readonly wrap?: boolean }) =>
        wrap ? demo(context, toWrapStory()) : demo(context);
    });
  program
    .command('doctor')
    .description('check every dependency, and say how to mend what fails')
    .shares('config', 'dataDir', 'host', 'port')
    .option('--json', 'print the checks as JSON')
    .runs(async () => (await import('./doctor.ts')).doctor);
}

// The command `longhaul import` and its help.
import type { Command } from 'commander';
import type { CommandContext, ExitCode } from '../assembly/context.ts';
import { addFlags } from '../assembly/flags.ts';
import type { CurlFlags } from './import-curl.ts';
import type { ImportFlags } from './import-workflows.ts';

export function addImport(
  program: Command,
  context: CommandContext,
  finish: (code: ExitCode) => void,
): void {
  const command = program
    .command('import')
    .description('propose operations for what is there already');
  addFlags(
    command
      .command('workflows')
      .description('for the workflow types that run in a namespace, as YAML to correct'),
    ['config', 'dataDir'],
  )
    .option('--namespace <name>', "namespace; Longhaul's own by default")
    .option('--profile <name>', 'profile of temporal.toml')
    .option('--from <file>', 'JSON file with a JSON Schema of the input by workflow type')
    .option('--samples', 'print arguments that workflows were started with')
    .action(async (flags: ImportFlags) => {
      const { importWorkflows } = await import('./import-workflows.ts');
      finish(await importWorkflows(context, flags));
    });
  command
    .command('curl <command...>')
    .description(
      "for one request, as the documentation of an API shows it: 'curl -X POST …', in quotes",
    )
    .option('--name <name>', 'name of the operation; made of method and path by default')
    .action(async (words: string[], flags: CurlFlags) => {
      const { importCurl } = await import('./import-curl.ts');
      finish(importCurl(context, words, flags));
    });
}

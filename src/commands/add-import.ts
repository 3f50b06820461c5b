// The command `longhaul import` and its help.
import type { LoadedCommand } from './command.ts';

export function addImport(program: LoadedCommand): void {
  const command = program
    .command('import')
    .description('propose operations for what is there already');
  command
    .command('workflows')
    .description('for the workflow types that run in a namespace, as YAML to correct')
    .shares('config', 'dataDir')
    .option('--namespace <name>', "namespace; Longhaul's own by default")
    .option('--profile <name>', 'profile of temporal.toml')
    .option('--from <file>', 'JSON file with JSON Schemas of the arguments by workflow type')
    .option('--samples', 'print arguments that workflows were started with')
    .runs(async () => (await import('./import-workflows.ts')).importWorkflows);
  command
    .command('curl <command...>')
    .description(
      "for one request, as the documentation of an API shows it: 'curl -X POST …', in quotes",
    )
    .option('--name <name>', 'name of the operation; made of method and path by default')
    .runs(async () => (await import('./import-curl.ts')).importCurl);
  command
    .command('openapi <description>')
    .description(
      'for operations of an OpenAPI description, a file or a URL; without --include, what it offers',
    )
    .option('--include <names...>', "names, operationIds, paths, or 'POST /path'; * for any")
    .option('--server <url>', 'where the API is, in place of what the description says')
    .option('--live', 'print an entry that takes them from the file, pinned by its hash')
    .runs(async () => (await import('./import-openapi.ts')).importOpenapi);
}

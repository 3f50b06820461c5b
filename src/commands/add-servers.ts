// The commands that serve callers and run their tasks, and their help.
import { Option } from 'commander';
import type { LoadedCommand } from './command.ts';

export function addServers(program: LoadedCommand): void {
  program
    .command('dev')
    .description('HTTP gateway and worker in one process, with an embedded Temporal server')
    .shares('config', 'dataDir', 'host', 'port', 'temporalPort', 'uiPort', 'logLevel')
    .shares('metricsPort')
    .option('--json', 'say where everything is as one line of JSON')
    .runs(async () => (await import('./dev.ts')).dev);
  program
    .command('stdio')
    .description('gateway on stdio for one client; the work goes on in a background worker')
    .shares('config', 'dataDir', 'temporalPort', 'uiPort', 'logLevel')
    .runs(async () => (await import('./stdio.ts')).stdio);
  program
    .command('serve')
    .description('HTTP gateway alone, any number of replicas; needs a Temporal address')
    .shares('config', 'host', 'port', 'logLevel', 'metricsPort')
    .option('--json', 'say where everything is as one line of JSON')
    .runs(async () => (await import('./serve.ts')).serve);
  program
    .command('worker')
    .description('worker alone, any number; needs a Temporal address')
    .shares('config', 'dataDir', 'buildId', 'logLevel', 'metricsPort')
    .addOption(new Option('--background').hideHelp())
    .runs(async () => (await import('./worker.ts')).worker);
}

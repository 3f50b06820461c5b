// The commands of encryption, `longhaul codec` and `longhaul key`, and their help.
import type { LoadedCommand } from './command.ts';

export function addKeys(program: LoadedCommand): void {
  program
    .command('codec')
    .description('decrypt payloads for operators, in the Temporal UI and CLI')
    .shares('config', 'logLevel')
    .option('--json', 'say where it is as one line of JSON')
    .runs(async () => (await import('./codec.ts')).codec);
  program
    .command('key')
    .description('keys for encryption')
    .command('create')
    .description('make a key and print it once')
    .runs(async () => (await import('./key.ts')).createKey);
}

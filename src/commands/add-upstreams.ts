// The commands of `longhaul upstreams` and their help.
import type { LoadedCommand } from './command.ts';

export function addUpstreams(program: LoadedCommand): void {
  program
    .command('upstreams')
    .description('MCP servers behind this one: pin what they list, so that a change is seen first')
    .command('pin [names...]')
    .description('write what they list to longhaul.upstreams.json, beside the configuration')
    .option('--check', 'say what is different from the file, and write nothing')
    .addHelpText('after', HELP)
    .shares('config', 'dataDir')
    .runs(async () => (await import('./upstreams.ts')).pinUpstreams);
}

const HELP = `
What is served of a pinned upstream is what stands in the file: no process asks the server for its list, and a tool whose description
or schema is another one by now is refused until it is pinned again. Without NAMES, all upstreams are pinned.`;

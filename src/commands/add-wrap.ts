// The command `longhaul wrap` and its help.
import type { LoadedCommand } from './command.ts';

export function addWrap(program: LoadedCommand): void {
  program
    .command('wrap <server...>')
    .usage('[options] -- COMMAND [ARGUMENT...]\n       longhaul wrap [options] URL')
    .description('an MCP server as it is, with every call a task that nothing can lose')
    .option('--name <name>', 'what the server is called in names, logs and the data directory')
    .option('--http', 'serve HTTP in place of stdio')
    .option('--env <names...>', 'environment variables that the command gets to see')
    .option('--header <headers...>', "headers for a URL: 'authorization: Bearer ${env:TOKEN}'")
    .addHelpText('after', HELP)
    .shares('dataDir', 'host', 'port', 'temporalPort', 'uiPort', 'logLevel')
    .runs(async () => (await import('./wrap.ts')).wrap);
}

const HELP = `
Examples:
  longhaul wrap -- npx -y @modelcontextprotocol/server-everything
  claude mcp add files -- longhaul wrap -- npx -y @modelcontextprotocol/server-filesystem /data
  longhaul wrap --env GITHUB_TOKEN -- npx -y some-mcp-server
  longhaul wrap --http https://tools.example.com/mcp

The command sees no variables of this process but those that every program needs, and those that --env names.`;

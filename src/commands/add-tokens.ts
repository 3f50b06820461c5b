// The commands of `longhaul token` and their help.
import type { LoadedCommand } from './command.ts';

export function addTokens(program: LoadedCommand): void {
  const tokens = program.command('token').description('static tokens for callers over HTTP');
  tokens
    .command('add <name>')
    .description('make a token, print it once, keep its hash')
    .shares('config')
    .option('--scope <scopes...>', 'what it allows (default: tasks:read tasks:write)')
    .runs(async () => (await import('./token.ts')).addToken);
  tokens
    .command('remove <name>')
    .description('take every token of a name back')
    .shares('config')
    .runs(async () => (await import('./token.ts')).removeToken);
}

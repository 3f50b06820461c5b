// The commands of `longhaul token` and their help.
import type { Command } from 'commander';
import type { CommandContext, ExitCode } from '../assembly/context.ts';
import { addFlags, type Flags } from '../assembly/flags.ts';
import type { TokenFlags } from './token.ts';

export function addTokens(
  program: Command,
  context: CommandContext,
  finish: (code: ExitCode) => void,
): void {
  const tokens = program.command('token').description('static tokens for callers over HTTP');
  addFlags(tokens.command('add <name>').description('make a token, print it once, keep its hash'), [
    'config',
  ])
    .option('--scope <scopes...>', 'what it allows (default: tasks:read tasks:write)')
    .action(async (name: string, flags: TokenFlags) => {
      const { addToken } = await import('./token.ts');
      finish(await addToken(context, name, flags));
    });
  addFlags(tokens.command('remove <name>').description('take every token of a name back'), [
    'config',
  ]).action(async (name: string, flags: Flags) => {
    const { removeToken } = await import('./token.ts');
    finish(await removeToken(context, name, flags));
  });
}

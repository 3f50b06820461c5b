// The commands of `longhaul breakers` and their help.
import type { Command } from 'commander';
import type { BreakerFlags } from './breakers.ts';
import type { CommandContext, ExitCode } from '../assembly/context.ts';
import { addFlags, type Flags } from '../assembly/flags.ts';

export function addBreakers(
  program: Command,
  context: CommandContext,
  finish: (code: ExitCode) => void,
): void {
  const breakers = program
    .command('breakers')
    .description('operations that are switched off for the moment; switch them off and on');
  const add = (command: Command) =>
    addFlags(command, ['config', 'dataDir']).option('--json', 'print JSON');
  add(breakers.command('list', { isDefault: true }).description('every circuit breaker')).action(
    async (flags: Flags) => {
      const { listBreakers } = await import('./breakers.ts');
      finish(await listBreakers(context, flags));
    },
  );
  const orders = [
    ['open', 'open', 'refuse new tasks of an operation, and let running ones wait'],
    ['close', 'closed', 'run an operation, however often it fails'],
    ['auto', 'auto', 'leave the breaker of an operation to itself again, closed'],
  ] as const;
  for (const [name, to, meaning] of orders) {
    add(breakers.command(`${name} <operation>`).description(meaning))
      .option('--reason <text>', 'why; callers read it, too')
      .action(async (operation: string, flags: BreakerFlags) => {
        const { orderBreaker } = await import('./breakers.ts');
        finish(await orderBreaker(context, operation, to, flags));
      });
  }
}

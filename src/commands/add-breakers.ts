// The commands of `longhaul breakers` and their help.
import type { CommandContext } from '../assembly/context.ts';
import type { BreakerFlags } from './breakers.ts';
import type { LoadedCommand } from './command.ts';

export function addBreakers(program: LoadedCommand): void {
  const breakers = program
    .command('breakers')
    .description('operations that are switched off for the moment; switch them off and on');
  const add = (name: string, meaning: string, isDefault = false) =>
    breakers
      .command(name, { isDefault })
      .description(meaning)
      .shares('config', 'dataDir')
      .option('--json', 'print JSON');
  add('list', 'every circuit breaker', true).runs(
    async () => (await import('./breakers.ts')).listBreakers,
  );
  const orders = [
    ['open', 'open', 'refuse new tasks of an operation, and let running ones wait'],
    ['close', 'closed', 'run an operation, however often it fails'],
    ['auto', 'auto', 'leave the breaker of an operation to itself again, closed'],
  ] as const;
  for (const [name, to, meaning] of orders) {
    add(`${name} <operation>`, meaning)
      .option('--reason <text>', 'why; callers read it, too')
      .runs(async () => {
        const { orderBreaker } = await import('./breakers.ts');
        return (context: CommandContext, operation: string, flags: BreakerFlags) =>
          orderBreaker(context, operation, to, flags);
      });
  }
}

// Operations that are switched on or off by name (`tools.operations`): a name that nothing has is a slip, and one that would go
// unnoticed, as the operation stayed on.
import { builtinOperations } from '../operations/builtin/index.ts';
import type { ConfiguredOperation } from './declared-operations.ts';
import { suggest, type Finding } from './problem.ts';
import type { ParsedConfig } from './schema.ts';

/** What is wrong with the names. */
export function toSwitchFindings(
  { tools, builtins }: Pick<ParsedConfig, 'tools' | 'builtins'>,
  configured: readonly ConfiguredOperation[],
): Finding[] {
  const own = configured.map(({ operation }) => operation.name);
  const others = builtins ? builtinOperations({ httpAllow: [] }).map(({ name }) => name) : [];
  const known = [...own, ...others];
  return Object.keys(tools.operations)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: ['tools', 'operations', name],
      message: `no operation has this name; ${suggest(name, known)}`,
    }));
}

// Operations that are switched on or off by name (`tools.operations`): a name that nothing has is a slip, and one that would go
// unnoticed, as the operation stayed on. Where callers authenticate, built-in operations are off unless they are named: they
// are there to try things with, and every one of them lets any caller take up what belongs to all.
import { builtinOperations } from '../../operations/builtin/index.ts';
import type { ConfiguredOperation } from './declared-operations.ts';
import { suggest, type Finding } from '../explain/problem.ts';
import type { ParsedConfig } from '../schema.ts';

/** With upstreams, a name may be that of a tool, which is known once its server is asked. */
export function toSwitchFindings(
  { tools, builtins, upstreams }: Pick<ParsedConfig, 'tools' | 'builtins' | 'upstreams'>,
  configured: readonly ConfiguredOperation[],
): Finding[] {
  if (Object.keys(upstreams).length > 0) return [];
  const own = configured.map(({ operation }) => operation.name);
  const known = [...own, ...(builtins === false ? [] : builtinNames())];
  return Object.keys(tools.operations)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: ['tools', 'operations', name],
      message: `no operation has this name; ${suggest(name, known)}`,
    }));
}

/** Built-in operations that no option names where callers authenticate; operations of one's own are no built-ins. */
export function toUnnamedBuiltins(
  {
    auth,
    builtins,
    httpRequest,
    tools,
  }: Pick<ParsedConfig, 'auth' | 'builtins' | 'httpRequest' | 'tools'>,
  configured: readonly ConfiguredOperation[],
): readonly string[] {
  if (auth.mode === 'none' || builtins !== null) return [];
  const named = new Set([
    ...configured.map(({ operation }) => operation.name),
    ...Object.keys(tools.operations),
    ...(httpRequest.allow.length > 0 ? ['http_request'] : []),
  ]);
  return builtinNames().filter((name) => !named.has(name));
}

function builtinNames(): string[] {
  return builtinOperations().map(({ name }) => name);
}

// From the `operations` entry to operations, whatever form it has: declarations by name, or operations made in code.
import { parseJson } from '../../contract/exact-number.ts';
import type { Json } from '../../contract/json.ts';
import { messageOf } from '../../contract/text.ts';
import { KINDS } from '../../operations/kinds/index.ts';
import type { Environment, Kind } from '../../operations/kinds/kind.ts';
import type { Operation } from '../../operations/operation.ts';
import { toExpectation, toJsonSchema, type Path } from '../explain/option.ts';
import { toFindings, toGot, type Finding } from '../explain/problem.ts';

/** An operation of a configuration, and what of it can be compared. */
export interface ConfiguredOperation {
  readonly operation: Operation;
  /** Equal for two operations that mean the same, as far as data shows. */
  readonly meaning: Json;
}

export interface ConfiguredOperations {
  readonly configured: readonly ConfiguredOperation[];
  readonly findings: readonly Finding[];
}

/**
 * Makes the operations of a configuration; every entry is checked, whatever the others are like.
 *
 * @param entries a map from name to declaration or operation, or a list of operations; anything else counts as empty,
 *   as the configuration's schema has refused it already
 * @param reservedNames names that no operation may have
 */
export function toOperations(
  entries: unknown,
  environment: Environment,
  reservedNames: ReadonlySet<string>,
): ConfiguredOperations {
  if (typeof entries !== 'object' || entries === null) return { configured: [], findings: [] };
  const checkName = (made: ConfiguredOperation | Finding[], key: string | number) =>
    'operation' in made && reservedNames.has(made.operation.name)
      ? [{ path: ['operations', key], message: 'the name is reserved' }]
      : made;
  const made = Array.isArray(entries)
    ? entries.map((entry: unknown, index) =>
        checkName(toListed(entry, ['operations', index], entries.slice(0, index)), index),
      )
    : Object.entries(entries).map(([name, entry]: [string, unknown]) =>
        checkName(toNamed(name, entry, environment), name),
      );
  return {
    configured: made.flatMap((one) => ('operation' in one ? [one] : [])),
    findings: made.flatMap((one) => ('operation' in one ? [] : one)),
  };
}

function toListed(
  entry: unknown,
  path: Path,
  earlier: readonly unknown[],
): ConfiguredOperation | Finding[] {
  if (!isOperation(entry)) {
    return [{ path, message: 'expected what defineOperation or defineJob returns' }];
  }
  if (earlier.some((other) => isOperation(other) && other.name === entry.name)) {
    return [{ path, message: `the name "${entry.name}" is used twice` }];
  }
  return { operation: entry, meaning: toMeaning(entry) };
}

function toNamed(
  name: string,
  entry: unknown,
  environment: Environment,
): ConfiguredOperation | Finding[] {
  const path = ['operations', name];
  if (isOperation(entry)) {
    return entry.name === name
      ? { operation: entry, meaning: toMeaning(entry) }
      : [{ path, message: `expected the operation's own name, "${entry.name}", as key` }];
  }
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    return [
      { path, message: `expected a declaration with a kind, got ${toGot({ entry }, ['entry'])}` },
    ];
  }
  const kind = KINDS.find((one) => 'kind' in entry && one.kind === entry.kind);
  if (kind) return toDeclared(kind, name, entry, environment);
  const expected = toExpectation({ enum: KINDS.map((one) => one.kind) });
  const got = toGot(entry, ['kind']);
  return [{ path: [...path, 'kind'], message: `expected ${expected}, got ${got}` }];
}

function toDeclared(
  kind: Kind,
  name: string,
  entry: object,
  environment: Environment,
): ConfiguredOperation | Finding[] {
  const path = ['operations', name];
  const parsed = kind.schema.safeParse(entry);
  if (!parsed.success) {
    return toFindings(parsed.error.issues, toJsonSchema(kind.schema), entry).map((finding) => ({
      path: [...path, ...finding.path],
      message: withWayOut(kind, finding.message),
    }));
  }
  try {
    return {
      operation: kind.define(name, parsed.data, environment),
      meaning: toMeaning(parsed.data),
    };
  } catch (error) {
    return [{ path, message: messageOf(error).replace(new RegExp(`^operation ${name}: `), '') }];
  }
}

/** A word that a kind does not have may be what its upstream needs all the same. */
function withWayOut({ kind, inCode }: Kind, message: string): string {
  if (inCode === undefined || !message.startsWith('unknown key; known here')) return message;
  return `${message}; what ${kind} has no word for is written with ${inCode} (docs/operations.md)`;
}

function isOperation(value: unknown): value is Operation {
  return (
    typeof value === 'object' &&
    value !== null &&
    'steps' in value &&
    'accept' in value &&
    typeof value.accept === 'function'
  );
}

/** Functions have no meaning that can be compared; the code of the file speaks for them. */
function toMeaning(value: unknown): Json {
  return parseJson(JSON.stringify(value)) as Json;
}

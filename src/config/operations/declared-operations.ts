// From the `operations` entry to operations, whatever form it has: declarations by name, or operations made in code.
import { parseJson } from '../../contract/json/exact-number.ts';
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
 * @param entries a map from name to declaration or operation, or a list of operations and of such maps; anything else counts as empty,
 *   as the configuration's schema has refused it already
 * @param reservedNames names that no operation may have
 */
export function toOperations(
  entries: unknown,
  environment: Environment,
  reservedNames: ReadonlySet<string>,
): ConfiguredOperations {
  if (typeof entries !== 'object' || entries === null) return { configured: [], findings: [] };
  const names = new Set<string>();
  const checkName = (made: ConfiguredOperation | Finding[], path: Path) => {
    if (!('operation' in made)) return made;
    const { name } = made.operation;
    if (reservedNames.has(name)) return [{ path, message: 'the name is reserved' }];
    if (names.has(name)) return [{ path, message: `the name "${name}" is used twice` }];
    names.add(name);
    return made;
  };
  const toMap = (map: object, around: Path) =>
    Object.entries(map).map(([name, entry]: [string, unknown]) => {
      const path = [...around, name];
      return checkName(toNamed(name, entry, environment, path), path);
    });
  const made = Array.isArray(entries)
    ? entries.flatMap((entry: unknown, index) => {
        const path = ['operations', index];
        return isMap(entry) ? toMap(entry, path) : [checkName(toListed(entry, path), path)];
      })
    : toMap(entries, ['operations']);
  return {
    configured: made.flatMap((one) => ('operation' in one ? [one] : [])),
    findings: made.flatMap((one) => ('operation' in one ? [] : one)),
  };
}

/** Declarations by name; one that has a kind has no name. */
function isMap(entry: unknown): entry is object {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return false;
  return !isOperation(entry) && !('kind' in entry);
}

function toListed(entry: unknown, path: Path): ConfiguredOperation | Finding[] {
  return isOperation(entry)
    ? { operation: entry, meaning: toMeaning(entry) }
    : [
        {
          path,
          message: 'expected what defineOperation or defineJob returns, or declarations by name',
        },
      ];
}

function toNamed(
  name: string,
  entry: unknown,
  environment: Environment,
  path: Path,
): ConfiguredOperation | Finding[] {
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
  if (kind) return toDeclared(kind, name, entry, environment, path);
  const expected = toExpectation({ enum: KINDS.map((one) => one.kind) });
  const got = toGot(entry, ['kind']);
  return [{ path: [...path, 'kind'], message: `expected ${expected}, got ${got}` }];
}

function toDeclared(
  kind: Kind,
  name: string,
  entry: object,
  environment: Environment,
  path: Path,
): ConfiguredOperation | Finding[] {
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

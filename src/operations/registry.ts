// The operations of one configuration, by name, each with its limits decided. Gateway and worker build the same one.
import { distance } from 'fastest-levenshtein';
import { OperationError } from '../contract/errors.ts';
import type { Policy } from '../contract/workflow/policy.ts';
import { cut } from '../contract/text.ts';
import type { Operation } from './operation.ts';
import type { LaneOption } from './lane.ts';
import { resolveLane } from './resolve-lane.ts';
import { resolvePolicy, type PolicyOptions } from './policy.ts';

/** An operation together with the limits that hold for it. */
export interface RegisteredOperation {
  readonly operation: Operation;
  readonly policy: Policy;
  /** What carries its tasks, as far as the operation decides: `auto` is the activity lane where the server has it. */
  readonly lane: LaneOption;
}

export interface Registry {
  /** In the order of their names. */
  readonly all: readonly RegisteredOperation[];
  /** Fails with `UNKNOWN_OPERATION`, naming the nearest operations. */
  get(name: string): RegisteredOperation;
}

/** @throws {TypeError} when a name is used twice, or an operation cannot be in its lane */
export function createRegistry(
  operations: readonly Operation[],
  defaults: PolicyOptions = {},
  lane: LaneOption = 'workflow',
): Registry {
  const byName = new Map<string, RegisteredOperation>();
  for (const operation of operations) {
    const { name } = operation;
    if (byName.has(name)) throw new TypeError(`operation ${name}: the name is used twice`);
    byName.set(name, {
      operation,
      policy: resolvePolicy(operation.policy, defaults),
      lane: resolveLane(operation, lane),
    });
  }
  return toRegistry(byName);
}

/** The same operations, without some of them. */
export function withoutOperations({ all }: Registry, names: readonly string[]): Registry {
  const left = all.filter(({ operation }) => !names.includes(operation.name));
  return toRegistry(new Map(left.map((one) => [one.operation.name, one])));
}

function toRegistry(byName: ReadonlyMap<string, RegisteredOperation>): Registry {
  const names = [...byName.keys()].sort();
  return {
    all: names.flatMap((name) => byName.get(name) ?? []),
    get: (name) => {
      const found = byName.get(name);
      if (found) return found;
      const near = nearest(name, names);
      throw new OperationError(
        'UNKNOWN_OPERATION',
        `no operation ${JSON.stringify(cut(name, 80))}` +
          (near.length > 0 ? `; did you mean ${near.join(' or ')}?` : `; ${toKnown(names)}`),
        { details: { nearest: near, operations: names.slice(0, 50) } },
      );
    },
  };
}

/** Names that are given where none is near. */
const SHOWN = 10;

function toKnown(names: readonly string[]): string {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return names.length === 0
    ? 'there are none'
    : `there are ${names.slice(0, SHOWN).join(', ')}${more}`;
}

/** A registry whose operations are replaced while it is used. */
interface LiveRegistry extends Registry {
  replace(next: Registry): void;
}

export function createLiveRegistry(first: Registry): LiveRegistry {
  let current = first;
  return {
    get all() {
      return current.all;
    },
    get: (name) => current.get(name),
    replace: (next) => {
      current = next;
    },
  };
}

/** What is made of a registry, and made anew when its operations have been replaced. */
export function followRegistry<Made>(
  registry: Registry,
  make: (registry: Registry) => Made,
): () => Made {
  let { all } = registry;
  let made = make(registry);
  return () => {
    if (registry.all !== all) {
      ({ all } = registry);
      made = make(registry);
    }
    return made;
  };
}

function nearest(name: string, names: readonly string[]): string[] {
  const wanted = cut(name, 80).toLowerCase();
  return names
    .map((candidate) => ({ candidate, far: distance(wanted, candidate.toLowerCase()) }))
    .filter(
      ({ candidate, far }) =>
        far <= Math.max(2, candidate.length / 2) ||
        (wanted !== '' && candidate.toLowerCase().includes(wanted)),
    )
    .sort((one, other) => one.far - other.far)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

// What a principal may take of a gateway. A rule holds for each principal by itself; an operation may have one of its own,
// which holds beside the general one.

import type { LimitRule, LimitRules } from './options.ts';

export interface Owner {
  /** As it stands in workflow ids. */
  readonly principal: string;
  readonly operation: string;
}

/** Where a bound holds: for all tasks of a principal, or for those of one operation. */
export interface Scope {
  readonly principal: string;
  readonly operation: string | null;
}

export interface Bound<Value> {
  readonly scope: Scope;
  readonly value: Value;
}

/** The bounds that hold for a call, as `pick` finds them in the rules. */
export function toBounds<Value>(
  rules: LimitRules,
  { principal, operation }: Owner,
  pick: (rule: LimitRule) => Value | null,
): readonly Bound<Value>[] {
  const own = Object.hasOwn(rules.operations, operation) ? rules.operations[operation] : undefined;
  const bounds: Bound<Value>[] = [];
  const add = (rule: LimitRule | undefined, name: string | null): void => {
    const value = rule ? pick(rule) : null;
    if (value !== null) bounds.push({ scope: { principal, operation: name }, value });
  };
  add(rules, null);
  add(own, operation);
  return bounds;
}

/** A scope as one string: neither part can hold a space. */
export function toScopeKey({ principal, operation }: Scope): string {
  return operation === null ? principal : `${principal} ${operation}`;
}

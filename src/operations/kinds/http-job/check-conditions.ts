// Whether the conditions of a poll can be told apart, checked when the job is defined.
import type { Json } from '../../../contract/json.ts';
import type { Condition } from '../http/condition.ts';

interface Told {
  readonly status?: string | undefined;
  readonly done: readonly (Condition | Json)[];
  readonly failed: readonly (Condition | Json)[];
  readonly running?: readonly (Condition | Json)[] | undefined;
}

/** @throws {TypeError} when nothing means done, a value means two things, or values are those of no status */
export function checkConditions({ status, done, failed, running = [] }: Told): void {
  if (done.length === 0) throw new TypeError('done: expected at least one value or condition');
  const values = [done, failed, running].map((list) =>
    list.filter((each) => typeof each !== 'object' || each === null).map(String),
  );
  if (status === undefined && values.some(({ length }) => length > 0)) {
    throw new TypeError(
      'done and failed name values, so status must say where they stand; or write { /pointer: [value] }',
    );
  }
  const all = values.flat();
  const twice = all.find((value, index) => all.indexOf(value) !== index);
  if (twice === undefined) return;
  throw new TypeError(`${twice} is named twice among done, failed and running`);
}

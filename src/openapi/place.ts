// A part of a description, and where it stands. Each step follows `$ref`, to other files too. Invariants: a step never
// leads outside the files that were loaded; a `$ref` that leads in a circle or nowhere is nothing, and is said.
import { isJsonObject, type Json } from '../contract/json.ts';
import { parsePointer } from '../contract/json/pointer.ts';
import type { Place, Walk } from './walk.ts';

/** `$ref`s that lead to a `$ref`, at most. */
const LONGEST_CHAIN = 32;

/** The part under a key, wherever a `$ref` leads; `null` where there is none. */
export function step(walk: Walk, from: Place, key: string | number): Place | null {
  const { value, file, path } = from;
  const inner = Array.isArray(value)
    ? (value as readonly Json[])[Number(key)]
    : isJsonObject(value) && Object.hasOwn(value, key)
      ? value[key]
      : undefined;
  if (inner === undefined || inner === null) return null;
  return follow(walk, { value: inner, file, path: [...path, key] });
}

/** The same over several keys. */
export function walkTo(
  walk: Walk,
  from: Place,
  ...keys: readonly (string | number)[]
): Place | null {
  return keys.reduce<Place | null>((place, key) => place && step(walk, place, key), from);
}

/** Where a chain of `$ref`s ends; `null` where it ends nowhere. */
function follow(walk: Walk, from: Place): Place | null {
  let place = from;
  for (let length = 0; length < LONGEST_CHAIN; length += 1) {
    const reference = isJsonObject(place.value) ? place.value['$ref'] : undefined;
    if (reference === undefined || isJsonObject(reference)) return place; // a property may be called $ref
    if (typeof reference !== 'string') {
      walk.findings.add(place, '$ref: expected a text');
      return null;
    }
    const next = jump(walk, place, reference);
    if (typeof next === 'string') {
      walk.findings.add(place, `$ref ${JSON.stringify(reference.slice(0, 200))}: ${next}`);
      return null;
    }
    place = next;
  }
  walk.findings.add(from, '$ref: leads in a circle');
  return null;
}

function jump({ files }: Walk, { file }: Place, reference: string): Place | string {
  const address = URL.parse(reference, file.url);
  if (!address) return 'is no reference';
  const pointer = decode(address.hash.slice(1));
  address.hash = '';
  const target = address.href === file.url ? file : files.get(address.href);
  if (target === undefined) return 'was not read';
  if (typeof target === 'string') return target;
  if (pointer !== '' && !pointer.startsWith('/')) return 'only JSON Pointers are followed';
  const keys = parsePointer(pointer);
  let value: Json | undefined = target.data;
  for (const key of keys) {
    if (Array.isArray(value)) value = (value as readonly Json[])[Number(key)];
    else value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value === undefined || value === null
    ? 'there is nothing'
    : { value, file: target, path: keys };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The parts of an object with their keys; none where it is no object. */
export function entriesOf(walk: Walk, from: Place | null): (readonly [string, Place])[] {
  if (!from || !isJsonObject(from.value)) return [];
  return Object.keys(from.value).flatMap((key) => {
    const place = step(walk, from, key);
    return place ? [[key, place] as const] : [];
  });
}

/** The parts of a list. */
export function itemsOf(walk: Walk, from: Place | null): Place[] {
  if (!from || !Array.isArray(from.value)) return [];
  return from.value.flatMap((_, index) => step(walk, from, index) ?? []);
}

/** A text under a key; empty where there is none. */
export function textAt(walk: Walk, from: Place | null, key: string): string {
  const place = from && step(walk, from, key);
  return typeof place?.value === 'string' ? place.value : '';
}

/** Whether something stands under a key, as it is written. */
export function isTrue(from: Place | null, key: string): boolean {
  return from !== null && isJsonObject(from.value) && from.value[key] === true;
}

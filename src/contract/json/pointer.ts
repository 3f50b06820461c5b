// JSON Pointer, RFC 6901: which part of an answer is meant.
import { isJsonArray, isJsonObject, type Json } from '../json.ts';

/** The part that a pointer names; `undefined` when there is none. The empty pointer names the whole value. */
export function resolvePointer(value: Json, pointer: string): Json | undefined {
  return resolvePath(value, parsePointer(pointer));
}

export function parsePointer(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A key as a pointer has it, with the slash before it. */
export function toPointerStep(key: string | number): string {
  return `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The part that a path of keys names; array elements by their index. */
export function resolvePath(value: Json, keys: readonly string[]): Json | undefined {
  let part: Json | undefined = value;
  for (const key of keys) {
    if (isJsonArray(part)) part = /^(0|[1-9]\d*)$/.test(key) ? part[Number(key)] : undefined;
    else if (isJsonObject(part)) part = Object.hasOwn(part, key) ? part[key] : undefined;
    else return undefined;
  }
  return part;
}

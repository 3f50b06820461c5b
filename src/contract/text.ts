// Text that is kept or leaves. A string of JavaScript can hold half a surrogate pair, which is no character: UTF-8 has none, and
// puts U+FFFD in its place, so that two texts become one. Invariants: what names something is refused when it holds half a pair;
// what only says something has U+FFFD there, and is never cut within a pair.
import { isPlainObject } from './json.ts';

/** What a refusal says of half a pair. */
export const ILL_FORMED = 'holds half a surrogate pair, which is no character';

/**
 * At most so many UTF-16 units of a text.
 *
 * @param mark stands behind what was cut, and does not count
 */
export function cut(text: string, characters: number, mark = ''): string {
  if (text.length <= characters) return text.toWellFormed();
  const kept = text.slice(0, characters).replace(/[\ud800-\udbff]$/, '');
  return `${kept.toWellFormed()}${mark}`;
}

/** Control characters but line feeds and tabs, other ends of a line, and what turns the direction of writing. */
const OBEYED = /(?![\n\t])\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** The text with escapes such as `\u001b` in place of what a terminal obeys. */
export function toPrintable(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(
      OBEYED,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}

/** The same in one line, which cannot pass for two. */
export function toPrintableLine(text: string): string {
  return toPrintable(text).replaceAll(/\s*\n\s*|\t/g, ' ');
}

/** The first sentence of a text, in one line. */
export function toFirstSentence(text: string): string {
  const trimmed = text.trim();
  const sentence = /^.*?[.!?](?=\s|$)/s.exec(trimmed)?.[0] ?? trimmed;
  return sentence.replaceAll(/\s+/g, ' ');
}

/** Where JSON holds half a pair, in a text or in a key: its path; `null` where everything is well. */
export function findIllFormed(value: unknown): readonly string[] | null {
  if (typeof value === 'string') return value.isWellFormed() ? null : [];
  if (!isContainer(value)) return null;
  // By keys: pairs of them would be most of what a read leaves to be collected.
  for (const key of Object.keys(value)) {
    const path = key.isWellFormed() ? findIllFormed(value[key]) : [];
    if (path) return [key.toWellFormed(), ...path];
  }
  return null;
}

/** The same JSON with U+FFFD for each half of a pair; the same value where there is none. */
export function toWellFormed<Value>(value: Value): Value {
  return findIllFormed(value) ? (replace(value) as Value) : value;
}

/** The same, and its text. JSON escapes half a pair, and nothing else that begins so: most texts need no second look. */
export function toWellFormedJson<Value>(value: Value): {
  readonly text: string;
  readonly value: Value;
} {
  const text = JSON.stringify(value);
  if (!text.includes('\\ud')) return { text, value };
  const mended = toWellFormed(value);
  return { text: JSON.stringify(mended), value: mended };
}

function replace(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(replace);
  if (!isContainer(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key.toWellFormed(), replace(child)]),
  );
}

/** Of objects, those that are nothing but JSON: others say by themselves what they are as JSON. */
function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return Array.isArray(value) || isPlainObject(value);
}

/** What was thrown, in its own words. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

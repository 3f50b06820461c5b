// What the answers of an operation say: where an id stands, where the status and with which words.
import { isJsonObject, type Json } from '../contract/json.ts';
import { toPointerStep } from '../contract/pointer.ts';
import type { Answer, Endpoint } from './endpoint.ts';
import { step, textAt } from './place.ts';
import type { Place, Walk } from './walk.ts';
import { toMerged } from './schema.ts';
import { readWord, STATUS_NAMES, toSnake, type Told } from './status-words.ts';

/** The answers of success, with the most telling first: 202, then 201, then the others. */
export function successesOf({ answers }: Endpoint): Answer[] {
  const ranks = ['202', '201', '200', '2XX'];
  const rank = ({ status }: Answer): number =>
    (ranks.indexOf(status) + ranks.length + 1) % (ranks.length + 1);
  return answers
    .filter(({ status }) => status.startsWith('2'))
    .sort((one, other) => rank(one) - rank(other));
}

/** The schema of an answer in JSON. */
export function schemaOf(answer: Answer | undefined): Place | null {
  const found =
    answer?.contents.find(({ type }) => /json|\*\/\*/.test(type)) ?? answer?.contents[0];
  return found?.schema ?? null;
}

/** A property of an answer. */
export interface Property {
  readonly name: string;
  /** In snake_case. */
  readonly plain: string;
  /** JSON Pointer. */
  readonly pointer: string;
  readonly schema: Place;
  readonly depth: number;
}

const DEEPEST = 3;
const MOST_PROPERTIES = 400;

/** Properties of an answer and of the objects in it, the outer ones first. */
export function listProperties(walk: Walk, schema: Place | null): readonly Property[] {
  const found: Property[] = [];
  let level = schema ? [{ place: schema, pointer: '' }] : [];
  const seen = new Set<Json>();
  for (let depth = 0; depth < DEEPEST && found.length < MOST_PROPERTIES; depth += 1) {
    const next: typeof level = [];
    for (const { place, pointer } of level) {
      if (seen.has(place.value)) continue;
      seen.add(place.value);
      for (const [name, property] of toMerged(walk, place)?.properties ?? []) {
        const here = pointer + toPointerStep(name);
        found.push({ name, plain: toSnake(name), pointer: here, schema: property, depth });
        next.push({ place: property, pointer: here });
      }
    }
    level = next;
  }
  return found;
}

/** How an answer says where a job stands. */
export interface Status {
  readonly pointer: string;
  readonly words: readonly string[];
  readonly told: Readonly<Record<Told, readonly string[]>>;
}

/** The property that says it; `null` where there is none. */
export function readStatus(walk: Walk, properties: readonly Property[]): Status | null {
  const candidates = properties
    .filter(
      ({ plain, name }) => STATUS_NAMES.includes(plain) || STATUS_NAMES.includes(toSnake(name)),
    )
    .map((property) => {
      const words = wordsOf(walk, property.schema);
      const as = (wanted: Told) => words.filter((word) => readWord(word) === wanted);
      const told = { done: as('done'), failed: as('failed'), running: as('running') };
      return { property, status: { pointer: property.pointer, words, told } };
    })
    .filter(({ property, status }) => status.words.length > 0 || isText(walk, property.schema));
  const [first] = candidates.filter(({ status }) => status.told.done.length > 0);
  const [other] = candidates.filter(({ status }) => status.words.length === 0);
  return (first ?? other)?.status ?? null;
}

function isText(walk: Walk, schema: Place): boolean {
  return textAt(walk, schema, 'type') === 'string';
}

/** The values of an enumeration, wherever it is written. */
function wordsOf(walk: Walk, { value, ...rest }: Place): string[] {
  if (!isJsonObject(value)) return [];
  const { enum: values } = value;
  if (Array.isArray(values)) return values.filter((one): one is string => typeof one === 'string');
  const all = ['allOf', 'anyOf', 'oneOf'].flatMap((keyword) => {
    const list = step(walk, { value, ...rest }, keyword);
    return list && Array.isArray(list.value)
      ? list.value.map((_, index) => step(walk, list, index))
      : [];
  });
  return all.flatMap((place) => (place ? wordsOf(walk, place) : []));
}
